"""
The floor: what real records score against real ones, and what follows for others.

Real records are split by earthquake in two, many times, and each figure is taken
between the halves. A generated set is no worse than real data if its figure is as
near to the ideal as that. Both must be of the same sample sizes, for most
figures shrink with the number of records; so the generated set is cut down, at
random and as many times, to the size of the half it stands for.
"""

from dataclasses import dataclass

import numpy as np

# Verdicts, by the floor's mean distance from the ideal and its standard
# deviation over the splits: up to 2 sd above the mean is what real halves do;
# beyond 4 sd no real half came near (the distances are about half-normal).
WITHIN, NEAR = 2.0, 4.0


@dataclass
class Floor:
    """
    A figure of real records against real ones.

    :param value: mean over the splits.
    :param spread: standard deviation over the splits.
    :param distance: mean distance from the ideal (mean over stations where pooled).
    :param distance_spread: its standard deviation.
    :param given: distance in the split that the caller gave; NaN without one.
    """

    value: float
    spread: float
    distance: float
    distance_spread: float
    given: float

    def verdict(self, distance):
        """
        Judge a distance from the ideal.

        A generator that was given one side of an unlucky split cannot do
        better than that side itself: the given split counts where it is worse.

        :param distance: of the generated records, see :meth:`Metric.distance
            <obspy_tng.evaluation.metric.Metric.distance>`.
        :return: "within", "near" or "outside"; "" where it cannot be said.
        """
        if not (np.isfinite(distance) and np.isfinite(self.distance)):
            return ""
        base = np.fmax(self.distance, self.given)
        tolerance = 1e-9 + 1e-6 * abs(base)
        for word, width in (("within", WITHIN), ("near", NEAR)):
            if distance <= base + width * self.distance_spread + tolerance:
                return word
        return "outside"

    @classmethod
    def of_values(cls, metric, values, given=None):
        """
        Floor from repeated splits.

        :param metric: :class:`~obspy_tng.evaluation.metric.Metric`.
        :param values: array ``(repeats, stations)``.
        :param given: array ``(stations,)`` of the caller's own split, or None.
        :return: Floor
        """
        pooled = np.array([metric.pool(row) for row in values])
        distances = np.array([mean_distance(metric, row) for row in values])
        return cls(metric.pool(pooled), _spread(pooled), _mean(distances), _spread(distances),
                   np.nan if given is None else mean_distance(metric, given))


def mean_distance(metric, values):
    """Mean over stations of the distance from the ideal; NaN left out."""
    return _mean(metric.distance(values))


def _mean(values):
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else float("nan")


def _spread(values):
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")


def split_sets(sets, share, rng):
    """
    Split all stations' records in two so that no earthquake is on both sides.

    :param sets: dict ``station id -> RecordSet``.
    :param share: share of the earthquakes on the first side.
    :param rng: ``numpy.random.Generator``.
    :return: two dicts ``station id -> RecordSet``.
    """
    events = sorted({event for records in sets.values() for event in records.identities})
    rng.shuffle(events)
    chosen = set(events[:round(share * len(events))])
    sides = {}, {}
    for station, records in sets.items():
        first = np.array([event in chosen for event in records.identities])
        for side, mask in zip(sides, (first, ~first), strict=True):
            side[station] = records.take(np.flatnonzero(mask))
    return sides


def subsample(sets, like, rng):
    """
    As many records of each station as another dict has, without replacement.

    :param sets: dict ``station id -> RecordSet``.
    :param like: dict of the same stations; its sizes count.
    :param rng: ``numpy.random.Generator``.
    :return: dict ``station id -> RecordSet``; all records where there are too few.
    """
    return {station: records.take(rng.permutation(len(records))[:len(like[station])])
            for station, records in sets.items()}

