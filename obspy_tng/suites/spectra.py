"""Response spectra of records, and records times a factor."""

import numpy as np
from obspy.core import AttribDict

from .. import __version__
from .._checks import ascending, one_of, positive
from ..records.record import record_to_array
from ..signal import response_spectra, rotd
from .targets import COMPONENTS

# records measured at a time: bounds the memory
CHUNK = 32


def ln_spectra(records, periods, component="rotd50", damping=0.05):
    """
    Logarithms of response spectra of records, of any rates and lengths.

    :param records: list of records (Streams).
    :param periods: s, ascending.
    :param component: ``"rotd50"``, ``"rotd100"`` or ``"geomean"`` (of N and E as recorded).
    :param damping: share of critical.
    :return: array ``(n, nper)``, ln of m/s^2.
    :raises TNGInputError: if an item is not a record.

    .. rubric:: Example

    >>> from obspy_tng.records.synthetic import synthetic_record
    >>> acc = np.sin(2 * np.pi * np.arange(4000) / 100) * np.array([[0.1], [2.0], [2.0]])
    >>> ln = ln_spectra([synthetic_record(acc, 100.0, "XR.AL01")], [1.0], "geomean")
    >>> round(float(np.exp(ln[0, 0])))        # resonance: 2 / (2 * 0.05)
    20
    """
    one_of("component", component, COMPONENTS)
    periods = ascending("periods", periods)
    found = np.empty((len(records), len(periods)))
    for rows in chunks(records):
        rate = records[rows[0]][0].stats.sampling_rate
        data = np.stack([record_to_array(records[i]) for i in rows])
        if component == "geomean":
            _, psa = response_spectra(data[:, 1:], rate, periods, damping)
            found[rows] = np.log(psa).mean(axis=1)
        else:
            percentile = int(component.removeprefix("rotd"))
            _, psa = rotd(data, rate, periods, (percentile,), damping)
            found[rows] = np.log(psa[percentile])
    return found


def chunks(records):
    """
    Lists of positions of records of one rate and length, a few at a time.

    :param records: list of Streams.
    :return: iterator of lists of int; every record is in one of them.
    """
    groups = {}
    for i, record in enumerate(records):
        stats = record[0].stats
        groups.setdefault((stats.sampling_rate, stats.npts), []).append(i)
    for rows in groups.values():
        for first in range(0, len(rows), CHUNK):
            yield rows[first:first + CHUNK]


def scaled_record(record, factor):
    """
    A record times a factor, which is noted in ``stats.tng.scale_factor`` and the processing.

    :param record: Stream; it is not changed.
    :param factor: above 0.
    :return: Stream
    """
    factor = positive("factor", factor)
    scaled = record.copy()
    for tr in scaled:
        tr.data = (tr.data * factor).astype(tr.data.dtype)
        tng = AttribDict(tr.stats.get("tng", {}))
        tng.scale_factor = float(tng.get("scale_factor", 1.0)) * factor
        tr.stats.tng = tng
        if factor != 1:
            add_processing(tr, f"scaled(factor={factor:.6g})")
    return scaled


def add_processing(tr, what):
    """Append to ``stats.processing`` of a Trace what was done to it."""
    tr.stats.processing = [*tr.stats.get("processing", []), f"obspy_tng {__version__}: {what}"]
