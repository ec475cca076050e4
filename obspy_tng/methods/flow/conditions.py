"""Conditions of the flow: what a record is asked for, as arrays for the network."""

import numpy as np

from ...models.flow import FRAME_FEATURES, LEVELS
from ...signal.packet_frames import BANDS
from ..tng.features import event_features

#: Hz, frequencies of the relative levels
FREQUENCIES = np.geomspace(0.2, 25.0, LEVELS)
#: s, widths of the bumps at arrivals
WIDTHS = (0.25, 1.5)
#: Hz, rate that counts as usual
USUAL_RATE = 70.0


def frame_conditions(count, sampling_rate, end, p=None, s=None, onset=None):
    """
    Conditions of the frames of a record.

    :param count: number of frames.
    :param sampling_rate: Hz.
    :param end: samples that the record fills.
    :param p: sample of P, or None.
    :param s: sample of S, or None.
    :param onset: t05 in samples, or None.
    :return: float32 array ``(count, 13)``: four functions of the time since each of P, S and the
        onset, 0 where it is not known; whether the frame is inside of the record.
    """
    at = (np.arange(count) + 0.5) * BANDS
    found = np.zeros((count, FRAME_FEATURES), np.float32)
    for k, arrival in enumerate((p, s, onset)):
        if arrival is not None:
            since = (at - arrival) / sampling_rate
            found[:, 4 * k] = np.sign(since) * np.log1p(np.abs(since)) / 2
            found[:, 4 * k + 1:4 * k + 3] = np.exp(
                -0.5 * np.square(since[:, None] / WIDTHS))
            found[:, 4 * k + 3] = since > 0
    found[:, -1] = at < end
    return found


def record_condition(info, levels, quietness, filters):
    """
    Condition of a whole record.

    :param info: dict with ``magnitude``, ``distance`` and ``depth``; None: unknown.
    :param levels: band levels ``(3, bands)``.
    :param quietness: see :func:`obspy_tng.signal.packet_frames.quietness`.
    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank` of the levels.
    :return: float32 array ``(38,)``.
    """
    density = levels - np.log(filters.bandwidths)
    at = np.log(filters.center_frequencies)
    relative = np.stack([np.interp(np.log(FREQUENCIES), at, row) for row in density])
    event = event_features([info], filters.npts / filters.sampling_rate)[0]
    return np.concatenate([event, [quietness / 2, np.log(filters.sampling_rate / USUAL_RATE)],
                           ((relative - relative.mean()) / 3).ravel()]).astype(np.float32)
