"""
European Strong-Motion Database (ESD, ISESD), ``.cor.acc``
==========================================================

One component a file: ten header lines ``Key : value``, then the samples, five a line
(5E14.7, touching), in the unit that the line above them names. There is no start time and no
place of the station: traces begin on 1 January 1970. ``NS``, ``EW`` and ``WE`` name an axis, not
which way is positive: the first motion at Colle Grilli in the L'Aquila earthquake of 2009 goes
up and away from the epicentre with N and E positive, though its header says ``WE``. [ISESD]_

.. [ISESD] Ambraseys, N. et al., Internet-Site for European Strong-Motion Data, 2002,
   www.isesd.hi.is.
"""

import re

from ..exceptions import TNGInputError
from .common.component import Component, stated_quantity
from .common.fields import parse_moment
from .common.fortran import to_float, to_int
from .common.orientation import parse_direction
from .common.reading import TextFormat, claims, read_text

_MARKS = ("STATION CODE / NAME", "ORIENTATION", "TIME INCREMENT (S)", "NUMBER OF DATA")
# the line above the samples; "Accelaration" is how the agency spells it
_SERIES = re.compile(r"(?:ACCEL\w*|VELOC\w*|DISPL\w*)\s+TIME SERIES IN\s+(\S+)", re.IGNORECASE)
_NETWORKS = {"DPC": "IT", "ITALIAN CIVIL PROTECTION": "IT", "ENEL": "IT", "ENEA": "IT"}
_AXES = {"WE": "E", "W-E": "E", "SN": "N", "S-N": "N"}
_MAX_HEADER = 40
_WIDTH = 14


def is_esd(source):
    """Whether a file is ESD ``.cor.acc``: bool; never raises."""
    return claims(source, FORMAT)


def read_esd(source, **options):
    """
    Read an ESD ``.cor.acc`` file.

    :param source: file name or binary file-like object.
    :param options: see :func:`~.common.reading.read_text`; ``network`` replaces "IT" (Italy),
        other networks have no code.
    :return: Stream in m/s^2; ``stats.esd`` as in :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    return read_text(source, FORMAT, **options)


def _claims(lines):
    keys = {line.partition(":")[0].strip() for line in lines[:_MAX_HEADER]}
    return lines[0].startswith("EVENT DATE & TIME") and keys.issuperset(_MARKS)


def _parse(record):
    lines = record.lines[:_MAX_HEADER]
    row = next((i for i, line in enumerate(lines) if _SERIES.search(line)), None)
    if row is None:
        raise TNGInputError("the line that names the unit (... time series in ...) is missing")
    header = {key.strip().upper(): value.strip() for key, colon, value in (
        line.partition(":") for line in lines[:row]) if colon}
    npts = to_int(header.get("NUMBER OF DATA"))
    code, _, name = header.get("STATION CODE / NAME", "").partition("/")
    data = record.block(row + 1, npts, _WIDTH, code.strip())
    low, _, high = header.get("FILTER CUT-OFF FREQUENCY (HZ)", "").partition("-")
    peak = next((key for key in header if key.startswith("PG")), "")
    owner = header.get("NETWORK", "").upper()
    orientation = header.get("ORIENTATION", "")
    return [Component(
        len(data) if npts is None else npts, to_float(header.get("TIME INCREMENT (S)")),
        parse_direction(_AXES.get(orientation.upper(), orientation)),
        _SERIES.search(lines[row])[1], data,
        network=next((net for word, net in _NETWORKS.items() if word in owner), ""),
        station=code.strip(), station_name=name,
        origin_time=parse_moment(header.get("EVENT DATE & TIME", "")).time,
        freqmin=to_float(low), freqmax=to_float(high), quantity=stated_quantity(lines[row]),
        processing=header.get("PROCESSING INFO"), pga=to_float(header.get(peak)),
        pga_unit=peak.partition("(")[2].strip(")") or None, header=header)]


FORMAT = TextFormat("ESD", _claims, _parse, (b"EVENT DATE & TIME",),
                    re.compile("^EVENT DATE & TIME"))
