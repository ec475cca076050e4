"""
AFAD records as MATLAB structs (``EQ.anEQ``)
============================================

Three columns ``Accel`` in gal, with place, station, event and picks. The file
does not state the order of the columns, and sources disagree: papers name them
E, N, U. The default here is N, E, U. The fields of the struct are, in order, the
header lines of the NSMN text files, whose columns are N-S, E-W, U-D. In the files
that we have, the horizontal polarisation of the P waves agrees with the direction
of the epicentre for N, E, U and not for E, N, U. ``columns="ENU"`` selects the
other order.
"""

import numpy as np
from obspy import UTCDateTime

from ..exceptions import TNGInputError, warn
from .common.component import Component, to_stream
from .common.counts import check_count
from .common.fortran import to_float
from .common.matfile import Opaque, decode_datetimes, first_bytes, load_mat
from .common.orientation import parse_direction
from .common.reading import gather_components
from .common.textfile import peek, read_bytes

COLUMNS = ("NEU", "ENU")
NETWORK = "TK"


def is_afadmat(source):
    """
    Whether a file is an AFAD struct.

    :param source: file name or binary file-like object.
    :return: bool; never raises.
    """
    start = peek(source, 8192)
    return start.startswith(b"MATLAB 5.0") and b"anEQ" in first_bytes(start, 1024)


def read_afadmat(source, headonly=False, starttime=None, endtime=None, nearest_sample=True,
                 strict=True, network=None, columns="NEU", **kwargs):
    """
    Read an AFAD MATLAB file.

    :param source: file name or binary file-like object.
    :param headonly: give headers only.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise if there are fewer samples than ``numofData``; False: warn.
    :param network: network code that replaces "TK".
    :param columns: order of the columns, "NEU" (default, see above) or "ENU".
    :return: Stream in m/s^2; ``stats.afadmat`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    if columns not in COLUMNS:
        raise TNGInputError(f"columns is {columns!r}, must be one of {', '.join(COLUMNS)}")
    variables = load_mat(read_bytes(source))
    outer = variables.get("EQ")
    records = [record for entry in (outer if isinstance(outer, list) else [])
               if isinstance(entry, dict)
               for record in (entry.get("anEQ") if isinstance(entry.get("anEQ"), list) else [])
               if isinstance(record, dict)]
    times = decode_datetimes(variables)
    components = gather_components(
        "AFADMAT", records, lambda record: _parse(record, times, columns, headonly, strict),
        strict)
    return to_stream(components, "AFADMAT", starttime, endtime, nearest_sample, network)


def _parse(record, times, columns, headonly, strict):
    accel = record.get("Accel")
    if not isinstance(accel, np.ndarray) or accel.ndim != 2 or accel.shape[1] != 3 or (
            accel.dtype.kind not in "fiu"):
        raise TNGInputError("Accel must be an array of numbers with three columns, got "
                            f"{getattr(accel, 'shape', None)}")
    accel = accel.astype(np.float64)
    if not np.isfinite(accel).all():
        raise TNGInputError("Accel has samples that are not finite")
    npts = _number(record, "numofData")
    npts = len(accel) if npts is None or npts < 1 else int(npts)
    check_count(len(accel), npts, "Accel", strict)
    if len(accel) > npts:
        warn(f"Accel: numofData is {npts}, and the file holds {len(accel)} samples, of "
             f"which the first {npts} are read")
    start, station = _time(record, "recordtime", times), _number(record, "statID")
    place, epicenter = (numbers if len(numbers) == 2 else (None, None) for numbers in (
        _numbers(record, "statco"), _numbers(record, "epicenter")))
    depth, peaks = _number(record, "depth"), _numbers(record, "pga")
    picks = {name: start + seconds if start and seconds and abs(seconds) < 1e5 else None
             for name, seconds in (("p_time", _number(record, "Ptime")),
                                   ("s_time", _number(record, "Stime")))}
    return [Component(
        npts, _number(record, "sampling"), parse_direction(letter), "gal",
        None if headonly else accel[:npts, i], start, network=NETWORK,
        station=f"{int(station):04d}" if station is not None else _text(record, "statID") or "",
        number=i + 1, station_name=_text(record, "place"), station_latitude=place[0],
        station_longitude=place[1], station_elevation=_number(record, "alt"),
        vs30=_number(record, "Vs30"), hemispheres="NE", instrument=_text(record, "recordtype"),
        origin_time=_time(record, "date", times), event_latitude=epicenter[0],
        event_longitude=epicenter[1],
        event_depth=depth / 1000.0 if depth is not None else None,  # the file has m
        magnitude=_number(record, "magnitudeval"), magnitude_type=_text(record, "magnitudetype"),
        pga=peaks[i] if len(peaks) == 3 else None, **picks,
        header={name: _plain(value) for name, value in record.items()})
        for i, letter in enumerate(columns)]


def _numbers(record, name):
    """Finite numbers of a field, as floats; text with comma decimals is read too."""
    value = record.get(name)
    if isinstance(value, str):
        value = [to_float(value)]
    elif not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu" or value.size > 16:
        return []
    return [float(item) for item in np.ravel(value) if item is not None and np.isfinite(item)]


def _number(record, name):
    values = _numbers(record, name)
    return values[0] if values else None


def _text(record, name):
    """Text of a field; bytes above 127 are ISO-8859-9, as in AFAD's text files."""
    value = record.get(name)
    if not isinstance(value, str):
        return None
    try:
        return value.encode("latin-1").decode("iso8859-9").strip()
    except UnicodeEncodeError:  # Unicode in the file
        return value.strip()


def _time(record, name, times):
    """UTCDateTime of a MATLAB datetime, via the number of its object."""
    value = record.get(name)
    words = value.value if isinstance(value, Opaque) else None
    if not isinstance(words, np.ndarray) or words.size != 6 or words.dtype.kind not in "ui":
        return None
    seconds = times.get(int(np.ravel(words)[4]))
    return UTCDateTime(seconds) if seconds is not None and 0 <= seconds < 4e9 else None


def _plain(value):
    """Text and small arrays as plain Python values; None for others."""
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray) and value.size <= 16:
        return value.item() if value.size == 1 else value.ravel().tolist()
    return None
