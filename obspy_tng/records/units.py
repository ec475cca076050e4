"""
Units of samples: units of the response, earlier corrections of a trace, ``calib``.

ObsPy's evalresp accepts some spellings of units, treats others as velocity, and scales some of
those it accepts, without a warning (factors of 58 or 100). Units are therefore read here, and
evalresp only gets M, M/S and M/S**2.
"""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from scipy.constants import g

from .record import UNITS
from .rejection import rejected

# m/s^2 of one sample of a trace in physical units (standard gravity, ISO 80000-3)
UNIT_FACTORS = {UNITS: 1.0, "cm/s^2": 0.01, "gal": 0.01, "mg": 1e-3 * g, "g": g}
#: units for evalresp, by order of differentiation
EVALRESP = ("M", "M/S", "M/S**2")
_PREFIXES = {"": 1.0, "C": 1e-2, "M": 1e-3, "U": 1e-6, "N": 1e-9, "K": 1e3}
_WORDS = {"CENTI": "C", "MILLI": "M", "MICRO": "U", "NANO": "N", "KILO": "K"}
_TAILS = {"": 0, "/S": 1, "S^-1": 1, "S-1": 1, "/S^2": 2, "/S2": 2, "/S/S": 2, "S^-2": 2, "S-2": 2}
_OTHER = {"G": (2, g), "MG": (2, 1e-3 * g), "UG": (2, 1e-6 * g), "GAL": (2, 1e-2),
          "GALS": (2, 1e-2), "MGAL": (2, 1e-5)}
# formats whose readers set stats.calib to m/s^2 per count
_CALIBRATED = ("KNET", "COSMOS")


@dataclass(frozen=True)
class Motion:
    """``order`` 0 displacement, 1 velocity, 2 acceleration; ``factor`` of one unit in m, s."""

    order: int
    factor: float


def motion_of(units):
    """
    Ground motion of units.

    :param units: str, as in StationXML, in any of its common spellings.
    :return: :class:`Motion`, or None for anything else (volts, counts, unknown).

    .. rubric:: Example

    >>> motion_of("M/S**2"), motion_of("cm/sec/sec")
    (Motion(order=2, factor=1.0), Motion(order=2, factor=0.01))
    >>> motion_of("nm/s"), motion_of("V")
    (Motion(order=1, factor=1e-09), None)
    >>> motion_of("µm/s²") == motion_of("micrometers per second squared") == motion_of("um/s^2")
    True
    """
    text = unicodedata.normalize("NFKC", str(units)).upper()  # superscripts, the micro sign
    text = re.sub(r"\bPER\b", "/", text).replace("SQUARED", "^2").replace("\u039c", "U")
    text = re.sub(r"[\s()]", "", text).replace("**", "^")
    text = re.sub(r"MET(ER|RE)S?", "M", re.sub(r"^(CENTI|MILLI|MICRO|NANO|KILO)",
                                               lambda word: _WORDS[word[1]], text))
    text = re.sub(r"[*.\u00b7]", "", re.sub(r"SEC(OND)?S?", "S", text))
    if text in _OTHER:
        return Motion(*_OTHER[text])
    match = re.fullmatch(r"([CMUNK]?)M(.*)", text)
    if match is None or match[2] not in _TAILS:
        return None
    return Motion(_TAILS[match[2]], _PREFIXES[match[1]])


def samples_in(tr, units=None, channel=None):
    """
    Units of the samples of a trace, and the factor that ``stats.calib`` adds.

    :param tr: Trace.
    :param units: what the caller says, or None: then what ``stats.tng.units`` says, what
        ``stats.processing`` says where the response was removed, m/s^2 for K-NET and COSMOS
        counts with their ``stats.calib``, else "counts".
    :param channel: Channel of the trace, or None.
    :return: ``(units, factor)``: "counts" or a key of :data:`UNIT_FACTORS`.
    :raises RecordRejectedError: where ``units`` contradict ``stats.tng.units`` or the processing.
    """
    told = _spelled(units or tr.stats.get("tng", {}).get("units"))
    if told is not None and told != "counts" and told not in UNIT_FACTORS:
        raise rejected("units", f"units must be 'counts' or one of {sorted(UNIT_FACTORS)}, got "
                       f"{told!r}")
    header = _spelled(tr.stats.get("tng", {}).get("units"))
    if header in UNIT_FACTORS and told != header:
        raise rejected("units", f"{tr.id}: units={units!r}, but stats.tng.units is {header!r}; "
                       "leave units out, or set stats.tng.units if the file is wrong")
    removed = _removed(tr, channel)
    if removed is not None:
        return _of_removed(tr, told, units, *removed), 1.0
    calib = float(tr.stats.get("calib") or 1.0)
    if not np.isfinite(calib):
        raise rejected("units", f"{tr.id}: stats.calib is {calib}; a finite number is needed")
    if told is None and channel is None and calib != 1.0 and tr.stats.get(
            "_format") in _CALIBRATED:
        return UNITS, calib
    if told in (None, "counts"):
        return "counts", 1.0  # the response has the gain
    return told, calib


def _spelled(told):
    """The key of :data:`UNIT_FACTORS` for another spelling of it (cm/s**2), else as it is."""
    motion = None if told is None or told in UNIT_FACTORS else motion_of(told)
    if motion is None or motion.order != 2:
        return told
    return next((key for key, factor in UNIT_FACTORS.items()
                 if abs(factor / motion.factor - 1) < 1e-9), told)


def _removed(tr, channel):
    """
    Units after an instrument correction that is listed in ``stats.processing``.

    ``(order, factor, note)``, see :class:`Motion`; both are None if the units are not stated. None
    without a correction.
    """
    found = None
    for note in tr.stats.get("processing", ()):
        call = re.match(r"ObsPy [^:]*: (\w+)\((.*)", str(note), re.DOTALL)
        if call is None:
            continue
        name, arguments = call.groups()
        if name == "remove_response":
            output = re.search(r"output='(\w+)'", arguments)
            order = {"DISP": 0, "VEL": 1, "ACC": 2}.get(output[1].upper() if output else "VEL")
            found = order, 1.0, note
        elif name == "remove_sensitivity":
            sensitivity = channel and channel.response and channel.response.instrument_sensitivity
            motion = motion_of(sensitivity.input_units) if sensitivity else None
            found = (motion.order, motion.factor, note) if motion else (None, None, note)
        elif name == "simulate" and "paz_remove=None" not in arguments:
            found = None, None, note
        elif found and found[0] is not None and name in ("differentiate", "integrate"):
            found = found[0] + (1 if name == "differentiate" else -1), *found[1:]
    return found


def _of_removed(tr, told, asked, order, factor, note):
    """Units of a trace whose response was removed; raise where that contradicts ``told``."""
    name, said = f"{tr.id} {tr.stats.starttime}", " ".join(str(note).split())[:120]
    if asked == "counts":
        raise rejected("units", f"{name}: units='counts', but stats.processing says that the "
                       f"response was removed ({said}); give units of acceleration, or the raw "
                       "counts")
    if order is not None and order != 2:
        kind = {0: "displacement", 1: "velocity"}.get(order, "neither velocity nor acceleration")
        raise rejected("units", f"{name}: stats.processing says that the samples are {kind} "
                       f"({said}), acceleration is needed: output='ACC', or the raw counts")
    if told not in (None, "counts"):
        return told
    if order is None:
        raise rejected("units", f"{name}: stats.processing says that the response was removed "
                       f"({said}) but not to which units; give units, one of "
                       f"{sorted(UNIT_FACTORS)}, or the raw counts")
    return next((unit for unit, value in UNIT_FACTORS.items()
                 if abs(value / factor - 1) < 1e-6), None) or _unknown(name, factor)


def _unknown(name, factor):
    raise rejected("units", f"{name}: the sensitivity is in units of {factor:g} m/s^2; give units, "
                   f"one of {sorted(UNIT_FACTORS)}")
