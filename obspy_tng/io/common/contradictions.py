"""
Headers that contradict their samples or themselves
===================================================

Headers of agencies say many things twice: the direction in words and as a code, the interval and
the length of the record, the unit and the peak. Files that were converted by hand, or written by a
new version of a program, agree in one of the two only. Interval and length that contradict each
other are refused. Peaks and directions that differ are in ``stats.<format>.doubts``, and a warning
says so.
"""

import numpy as np

from ...exceptions import TNGInputError, warn
from .orientation import TOLERANCE

# Stated and found length of a record; the length of the raw record may be the one that is stated.
_LENGTHS = 1.25
_DOUBTFUL = 5.0  # ratio of the stated and the found peak
_HOUR = 3600.0


def check_length(npts, delta, duration, what):
    """
    Compare count and interval with the stated length.

    :param npts: number of samples.
    :param delta: interval, s.
    :param duration: stated length in s, or None.
    :param what: name of the record, for the message.
    :raises TNGInputError: if they differ by more than a quarter.

    .. rubric:: Example

    >>> check_length(7000, 0.01, 70.0, "record")
    """
    if duration and not 1 / _LENGTHS <= npts * delta / duration <= _LENGTHS:
        raise TNGInputError(f"{what}: {npts} samples at intervals of {delta:g} s take "
                            f"{npts * delta:g} s, and the header states a length of {duration:g} s")


def check_peak(data, stated, unit, what):
    """
    Compare the samples with the peak in the header.

    :param data: samples in SI units, all of the record.
    :param stated: peak of the header in SI units, or None.
    :param unit: the unit of the samples in the file's words, for the message.
    :param what: name of the record, for the message.
    :return: list of str, the doubts: none where they agree within a factor of five (else with a
        TNGWarning).

    .. rubric:: Example

    >>> check_peak(np.array([0.1, -2.5, 1.0]), -2.5, "m/s/s", "record")
    []
    """
    if not stated or not len(data):
        return []
    # the peak of a raw record may be that of its motion or of its samples
    found = np.array([np.abs(data - offset).max() for offset in (0.0, data.mean())])
    ratios = found / abs(stated)
    if not ratios[0] or ((ratios > 1 / _DOUBTFUL) & (ratios < _DOUBTFUL)).any():
        return []
    doubt = (f"the largest sample is {found[0]:.4g} in SI units, as the file's unit is {unit!r}, "
             f"and the peak in the header is {abs(stated):.4g}, a factor of {ratios[0]:.4g}")
    warn(f"{what}: {doubt}")
    return [doubt]


def check_directions(words, code, what):
    """
    Compare the direction of a component in words with its code.

    :param words: :class:`~.orientation.Direction` of the words.
    :param code: that of the code.
    :param what: name of the record, for the message.
    :return: list of str, the doubts: none where one is not known, or they agree within 5 degrees
        (else with a TNGWarning).

    .. rubric:: Example

    >>> from .orientation import horizontal
    >>> check_directions(horizontal(2.0), horizontal(360.0), "record")
    []
    """
    if None in (words.dip, code.dip):
        return []
    apart = abs((words.azimuth - code.azimuth + 180.0) % 360.0 - 180.0)
    if words.dip == code.dip and apart <= TOLERANCE:
        return []
    doubt = (f"the component has azimuth {words.azimuth:g}, dip {words.dip:g} by the words of the "
             f"header, and azimuth {code.azimuth:g}, dip {code.dip:g} by its code")
    warn(f"{what}: {doubt}")
    return [doubt]


def doubtful_start(start, origin):
    """
    What is doubtful of a record that begins hours from its earthquake.

    :param start: UTCDateTime of the first sample, or None.
    :param origin: origin time, or None.
    :return: list of str, the doubts.
    """
    if start is None or origin is None or abs(start - origin) < _HOUR:
        return []
    return [f"the record starts {abs(start - origin) / _HOUR:.1f} h "
            f"{'after' if start > origin else 'before'} the earthquake: one of the times may be "
            "local"]
