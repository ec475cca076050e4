"""
The floor: what real records score against other real records.

The real records are split by earthquake, many times. One side takes the role of the real
records, the other that of the generator: from it, as many records are drawn (with
replacement) as the generator made. Each metric is computed as for the generator. The floor
is therefore the score of a generator that returns real records of other earthquakes, with
the same numbers of records; most metrics decrease with these.
"""

from dataclasses import dataclass

import numpy as np

from .metrics.metric import mean_of_known

# Verdicts, by the mean and the standard deviation of the floor's distance from the
# ideal. There are some sixty figures: at 2 sd chance alone would mark one or two.
WITHIN, NEAR = 3.0, 6.0
# Means over several comparisons are drawn this often from the splits.
DRAWS = 400


@dataclass
class Floor:
    """
    A figure of real records against real ones.

    :param value: mean over the splits.
    :param spread: standard deviation over the splits.
    :param distance: mean distance from the ideal (mean over stations where
        pooled), of as many comparisons averaged as there are for the generator.
    :param distance_spread: its standard deviation.
    :param given: the distance of the real records that the generator had, in the
        very comparisons that it is judged by; NaN where not known.
    """

    value: float
    spread: float
    distance: float
    distance_spread: float
    given: float

    def verdict(self, distance, one_sided=False):
        """
        Judge a distance from the ideal.

        A generator that was given one side of an unlucky split cannot do
        better than that side itself, so ``given`` counts where it is worse.

        :param distance: of the generated records.
        :param one_sided: True for a figure of which less is no fault, see
            :attr:`Metric.one_sided <obspy_tng.evaluation.metrics.metric.Metric>`.
        :return: "within", "near", "outside", or for one that is one-sided and clearly less than
            real records have, "below"; "" if the distance is not known.
        """
        if not (np.isfinite(distance) and np.isfinite(self.distance)):
            return ""
        base = np.fmax(self.distance, self.given)
        spread = np.nan_to_num(self.distance_spread)
        if one_sided and distance < np.fmin(self.distance, self.given) - WITHIN * spread - 1e-9:
            return "below"
        for word, width in (("within", WITHIN), ("near", NEAR)):
            if distance <= base + width * spread + 1e-9:
                return word
        return "outside"

    @classmethod
    def of_values(cls, metric, values, given, comparisons, seed):
        """
        Floor from repeated splits.

        :param metric: :class:`~obspy_tng.evaluation.metrics.metric.Metric`.
        :param values: array ``(repeats, stations)``.
        :param given: array ``(comparisons, stations)``, see the class, or None.
        :param comparisons: how many comparisons are averaged for the generator.
        :param seed: int.
        :return: Floor
        """
        pooled = metric.pool(values, axis=1)
        if comparisons == 1:
            drawn = values[:, None]
        else:
            rng = np.random.default_rng(seed)
            drawn = values[rng.integers(len(values), size=(DRAWS, comparisons))]
        distances = distance_of(metric, drawn)
        return cls(float(metric.pool(pooled)), spread_of(pooled),
                   float(mean_of_known(distances)), spread_of(distances),
                   np.nan if given is None else float(distance_of(metric, given)))


def auc_verdict(value, floor, spread):
    """
    Judge the AUC of a classifier as :meth:`Floor.verdict` judges other figures.

    :param value: AUC of generated records.
    :param floor: mean AUC of real records; below 0.5 it counts as 0.5, blind.
    :param spread: its standard deviation.
    :return: "within", "near", "outside", or "" where a number is not known.

    .. rubric:: Example

    >>> auc_verdict(0.84, 0.49, 0.05), auc_verdict(0.66, 0.48, 0.12)
    ('outside', 'within')
    """
    blind = Floor(np.nan, np.nan, max(floor - 0.5, 0.0), spread, np.nan)
    return "" if np.isnan(floor) else blind.verdict(value - 0.5)


def distance_of(metric, values):
    """
    Distance from the ideal of figures averaged over comparisons.

    :param metric: :class:`~obspy_tng.evaluation.metrics.metric.Metric`.
    :param values: array ``(..., comparisons, stations)``.
    :return: array ``(...)``: mean over stations of the distance of each
        station's mean; NaN left out.
    """
    return mean_of_known(metric.distance(metric.pool(values, axis=-2)), axis=-1)


def spread_of(values):
    """Standard deviation, NaN left out; NaN for fewer than two values."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")


def events_of(sets):
    """
    All earthquakes in some sets.

    :param sets: dict ``station id -> RecordSet``.
    :return: sorted list.
    """
    return sorted({event for records in sets.values() for event in records.identities})


def split_sets(sets, share, rng):
    """
    Split all stations' records in two so that no earthquake is on both sides.

    :param sets: dict ``station id -> RecordSet``.
    :param share: share of the earthquakes on the first side.
    :param rng: ``numpy.random.Generator``.
    :return: two dicts ``station id -> RecordSet``.
    """
    events = events_of(sets)
    rng.shuffle(events)
    chosen = set(events[:round(share * len(events))])
    sides = {}, {}
    for station, records in sets.items():
        first = np.array([event in chosen for event in records.identities])
        for side, mask in zip(sides, (first, ~first), strict=True):
            side[station] = records.take(np.flatnonzero(mask))
    return sides


def redraw(sets, sizes, rng):
    """
    Draw records with replacement.

    :param sets: dict ``station id -> RecordSet``.
    :param sizes: dict ``station id -> int``.
    :param rng: ``numpy.random.Generator``.
    :return: dict ``station id -> RecordSet``; empty where there is nothing to draw from.
    """
    return {station: records.take(rng.integers(len(records), size=sizes[station])
                                  if len(records) else [])
            for station, records in sets.items()}
