"""Which records are of one earthquake, and splits of records by earthquake."""

from itertools import chain

import numpy as np
from obspy import Stream, UTCDateTime

from .._checks import count, within
from .info import record_info
from .record import group_by_station

#: s between the starts of records that may be of one earthquake listed twice
SAME_EARTHQUAKE = 180.0
#: largest difference of their magnitudes; of their distances from one station, km and share
SAME_MAGNITUDE, SAME_PLACE = 0.6, (30.0, 0.25)
#: date of records from files without a start time
NO_DATE = "1970-01-01"


def earthquakes(infos):
    """
    Which earthquake each record is of, for splits by event.

    Records without ``event_id`` are an earthquake each. Catalogs list some earthquakes
    twice, seconds to minutes apart: an event counts as an earlier one if records of both begin
    within :data:`SAME_EARTHQUAKE` of each other, and their magnitudes and, at stations that
    recorded both, their distances agree as far as they are known. It is compared with the first
    listing only, so that the shocks of a sequence remain separate. Records on 1 January 1970 do not
    count: there begins what has no start time (PEER AT2).

    :param infos: list of dicts from :func:`record_info`.
    :return: list of str, one per record; equal for records of one earthquake.
    """
    names = [info["event_id"] or info["record_id"] for info in infos]
    listings = {}
    for info, name in zip(infos, names, strict=True):
        if info["event_id"] and info.get("starttime") and not info["starttime"].startswith(NO_DATE):
            listings.setdefault(name, []).append((UTCDateTime(info["starttime"]).timestamp, info))
    merged, first = {}, []
    for name in sorted(listings, key=lambda name: min(time for time, _ in listings[name])):
        begin = min(time for time, _ in listings[name])
        first = [other for other in first
                 if max(time for time, _ in listings[other]) >= begin - SAME_EARTHQUAKE]
        same = [other for other in first if _same_earthquake(listings[other], listings[name])]
        if same:
            merged[name] = same[0]
        else:
            first.append(name)
    return [merged.get(name, name) for name in names]


def _same_earthquake(first, second):
    """Whether two listings, lists of (start in s, info), may be of one earthquake."""
    if min(abs(a - b) for a, _ in first for b, _ in second) > SAME_EARTHQUAKE:
        return False
    for _, one in first:
        for _, other in second:
            if _differ(one.get("magnitude"), other.get("magnitude"), SAME_MAGNITUDE):
                return False
            here, there = one.get("distance"), other.get("distance")
            if _recorder(one) == _recorder(other) and _differ(
                    here, there, max(SAME_PLACE[0], SAME_PLACE[1] * (here or 0.0))):
                return False
    return True


def _differ(one, other, limit):
    """Whether two numbers, None where not known, differ by more than a limit."""
    return one is not None and other is not None and abs(one - other) > limit


def _recorder(info):
    """Network and station of a record id."""
    return info["record_id"].split(".")[:2]


def split_by_event(records, fraction=0.5, seed=0):
    """
    Split records in two so that no earthquake is on both sides.

    :param records: iterable of records, or a dict of such by station; see :func:`earthquakes`.
    :param fraction: share of the earthquakes on the first side, 0 to 1.
    :param seed: seed of the shuffle, int >= 0.
    :return: two lists of records, ``(first, second)``.
    :raises TypeError: for anything but Streams.
    :raises TNGInputError: for a bad value.
    """
    within("fraction", fraction, 0, 1)
    count("seed", seed)
    if isinstance(records, dict):
        records = chain.from_iterable(records.values())
    records = records if isinstance(records, Stream | None) else list(records)
    group_by_station(records)  # raises for what is not a Stream
    keys = earthquakes([record_info(r) for r in records])
    events = sorted(set(keys))
    np.random.default_rng(seed).shuffle(events)
    chosen = set(events[:round(fraction * len(events))])
    return ([r for r, key in zip(records, keys, strict=True) if key in chosen],
            [r for r, key in zip(records, keys, strict=True) if key not in chosen])
