"""
The edges of a record: extensions beyond the part that the window cut or tapered.

Records begin with noise and end with coda (:func:`obspy_tng.records.prepare.taper_ends` tapers both
ends, and short recordings are padded with zeros). A record with a warped time axis needs noise and
coda beyond these edges. They are mirrored (the noise before P to and fro, never motion); the coda
continues its decay.
"""

import numpy as np

#: s and share of the window that records are tapered over
FRONT, END_SHARE = 1.0, 0.05
#: s before P that may be motion: picks are late by so much
PICK_ERROR = 0.3
#: s before P where its arrival is not known: triggered recordings begin about there
UNKNOWN_LEAD = 0.2
#: share of the record after its strongest part from which the decay of the coda is estimated
_DECAY_SEGMENTS = 12


def front_taper(lead):
    """
    Seconds over which a record is tapered at its start.

    :param lead: s before the arrival of P.
    :return: float, half of the lead, 0.1 s to 1 s.
    """
    return min(FRONT, max(0.5 * lead, 0.1))


def untapered(npts, sampling_rate, lead, padded=0.0):
    """
    The part of a record that neither tapers nor padding changed.

    :param npts: samples of the record.
    :param sampling_rate: Hz.
    :param lead: s before the arrival of P; None where it is not known: all of the start counts,
        which a record made from this one keeps.
    :param padded: s of zeros at its end.
    :return: ``(first, end)``, samples.
    """
    recorded = npts - round(padded * sampling_rate)
    # recordings that end early were also tapered over a second before they were cut
    extra = round(FRONT * sampling_rate) if padded else 0
    first = 0 if lead is None else int(np.ceil(front_taper(lead) * sampling_rate)) + 1
    return first, max(recorded - int(END_SHARE * recorded) - extra, first + 2)


def zeros_at_end(data):
    """
    Number of zeros at the end of a record that was padded to the length of the window.

    :param data: array ``(3, npts)``.
    :return: int; 0 for a single zero at the end of a taper.

    .. rubric:: Example

    >>> zeros_at_end(np.array([[1.0, 2.0, 0.0, 0.0], [3.0, 0.0, 0.0, 0.0]]))
    2
    """
    last = np.flatnonzero(data.any(axis=0))
    count = data.shape[-1] - 1 - (last[-1] if len(last) else -1)
    return int(count) if count > 1 else 0


def coda_decay(data, first, end):
    """
    Decay of the end of a record.

    :param data: record ``(3, npts)``.
    :param first: first sample that is used.
    :param end: sample after the last one.
    :return: float >= 0, ln amplitude per sample, by least squares over equal segments.
    """
    length = (end - first) // _DECAY_SEGMENTS
    if length < 2:
        return 0.0
    part = data[:, end - length * _DECAY_SEGMENTS:end].reshape(len(data), _DECAY_SEGMENTS, length)
    level = 0.5 * np.log(np.square(part).sum((0, 2)) + np.finfo(np.float32).tiny)
    x = np.arange(_DECAY_SEGMENTS) - (_DECAY_SEGMENTS - 1) / 2
    return max(0.0, -float(x @ level / (x @ x)) / length)


def extend(data, first, end, more, quiet=None):
    """
    A record, continued beyond its edges.

    :param data: record ``(3, npts)``.
    :param first: first sample that is used, see :func:`untapered`.
    :param end: sample after the last one that is used.
    :param more: samples before the first one that is used, and after the last of the record.
    :param quiet: sample before which there is only noise, which is mirrored to and fro; None, or
        less than two samples of noise: what begins the record is mirrored.
    :return: array ``(3, npts - first + 2 more)``; its sample ``more`` is ``first``.

    .. rubric:: Example

    >>> extend(np.arange(7.0)[None], 2, 6, 2)
    array([[4., 3., 2., 3., 4., 5., 4., 3., 2.]])
    >>> extend(np.arange(7.0)[None], 2, 6, 2, quiet=4)
    array([[2., 3., 2., 3., 4., 5., 4., 3., 2.]])
    """
    inner, after = data[:, first:end], more + data.shape[-1] - end
    noise = inner if quiet is None or quiet < first + 2 else data[:, first:quiet]
    front = np.pad(noise, ((0, 0), (more, 0)), mode="reflect")[:, :more]
    found = np.concatenate([front, np.pad(inner, ((0, 0), (0, after)), mode="reflect")], axis=1)
    # the last third is coda in nearly all records; its mirror image needs twice the decay
    decay = coda_decay(data, first + 2 * (end - first) // 3, end)
    found[:, more + end - first:] *= np.exp(-2 * decay * np.arange(1, after + 1))
    return found


def edge_taper(npts, sampling_rate, lead):
    """
    The taper of the ends of recorded records.

    :param npts: samples of the record.
    :param sampling_rate: Hz.
    :param lead: s before the arrival of P.
    :return: float32 array ``(npts,)``.
    """
    window = np.ones(npts, np.float32)
    for length, side in ((int(front_taper(lead) * sampling_rate), slice(None)),
                         (int(END_SHARE * npts), slice(None, None, -1))):
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(length, 1))
        window[side][:length] *= ramp
    return window
