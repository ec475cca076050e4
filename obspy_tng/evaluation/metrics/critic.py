"""
Question: can a classifier tell generated records from real ones?

A classifier is trained on the features of :mod:`obspy_tng.evaluation.waveform_features` of real
and of other records of some earthquakes, and sorts those of other earthquakes. The figure is the
area under the receiver operating characteristic (AUC): the chance that of a real and a generated
record it takes the right one for real. 0.5 is blind, 1 always right. One classifier for each
group of features, and one for all. Each is a ridge regression on the normal scores of the
features and their magnitudes, so that it sees differences in the mean and in the spread.

As many records of each station are taken from either side, so that their numbers tell nothing.
Generated records count to the earthquake whose magnitude and distance they were asked for, and
never are on the other side of training than its real record. The floor is the same of real
records against real ones.

Unlike the other questions, which compare distributions of one figure, this one sees how figures go
together; and it names the features that tell most.
"""

from itertools import chain

import numpy as np
import sklearn
from scipy.special import ndtri
from scipy.stats import rankdata
from sklearn.linear_model import RidgeCV

from ..floor import spread_of
from ..quantities import CHUNK
from ..waveform_features import feature_names
from .metric import mean_of_known

GROUPS = ("levels", "timing", "onsets", "polarization", "texture")
ALL_GROUPS = "all"
#: comparisons of each kind that a classifier is trained for
MOST_COMPARISONS = 6
#: fewest records on a side, folds, resamples of the bootstrap, telling features named
FEWEST, FOLDS, DRAWS, NAMED = 10, 5, 200, 8
ALPHAS = np.logspace(0, 5, 11)


def classifier_scores(features, is_real, earthquakes, seed=0):
    """
    How real each record looks to a classifier that was trained on other earthquakes.

    :param features: array ``(n, k)``.
    :param is_real: boolean array ``(n,)``.
    :param earthquakes: n names; records of one earthquake are tested together.
    :param seed: int, of the order of earthquakes.
    :return: array ``(n,)``, larger for real; standardised in each fold.

    .. rubric:: Example

    >>> x = np.random.default_rng(0).standard_normal((200, 3))
    >>> real = np.arange(200) % 2 == 0
    >>> x[real, 0] += 3
    >>> bool(auc(classifier_scores(x, real, np.arange(200)), real) > 0.95)
    True
    """
    # ranks of all records: no labels enter
    normal = ndtri((rankdata(features, axis=0) - 0.5) / len(features))
    columns = np.hstack([normal, np.abs(normal) - np.abs(normal).mean(0)])
    names, index = np.unique(np.asarray(earthquakes).astype(str), return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(names))[index] % FOLDS
    scores = np.zeros(len(features))
    for number in range(min(FOLDS, len(names))):
        train, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if is_real[train].all() or not is_real[train].any():
            continue
        # scikit-learn's checks of parameters take longer than a small regression
        with sklearn.config_context(skip_parameter_validation=True, assume_finite=True):
            found = RidgeCV(ALPHAS).fit(
                columns[train], np.where(is_real[train], 1.0, -1.0)).predict(columns[test])
        scores[test] = (found - found.mean()) / (found.std() + 1e-12)
    return scores


def auc(scores, is_real):
    """
    Area under the receiver operating characteristic.

    :param scores: array ``(n,)``.
    :param is_real: boolean array ``(n,)``.
    :return: float; NaN without records on a side.
    """
    if is_real.all() or not is_real.any():
        return float("nan")
    first, second = scores[is_real], np.sort(scores[~is_real])
    # how many of the others each real record beats; a tie counts half
    beaten = sum(np.searchsorted(second, first, side=side).sum() for side in ("left", "right"))
    return float(beaten / (2 * len(first) * len(second)))


def interval(scores, is_real, earthquakes, seed=0):
    """
    95 % interval of an AUC, by bootstrap over earthquakes.

    :param scores: array ``(n,)``, see :func:`classifier_scores`.
    :param is_real: boolean array ``(n,)``.
    :param earthquakes: n names.
    :param seed: int.
    :return: ``(low, high)``.
    """
    rng = np.random.default_rng(seed)
    names, index = np.unique(np.asarray(earthquakes).astype(str), return_inverse=True)
    # how often each record is drawn, (draws, n)
    times = np.stack([np.bincount(rng.integers(len(names), size=len(names)),
                                  minlength=len(names)) for _ in range(DRAWS)])[:, index]
    first, second = times[:, is_real], times[:, ~is_real]
    order = np.argsort(scores[~is_real])
    below = np.concatenate([np.zeros((DRAWS, 1), int), np.cumsum(second[:, order], axis=1)], axis=1)
    at = [np.searchsorted(scores[~is_real][order], scores[is_real], side=side)
          for side in ("left", "right")]
    beaten = (first * (below[:, at[0]] + below[:, at[1]])).sum(1)
    with np.errstate(invalid="ignore"):  # draws without records on a side
        drawn = beaten / (2 * first.sum(1) * second.sum(1))
    return tuple(np.nanquantile(drawn, (0.025, 0.975)).tolist())


def telling_features(features, names, is_real):
    """
    The features that tell most, one by one.

    :param features: array ``(n, k)``.
    :param names: k names.
    :param is_real: boolean array ``(n,)``.
    :return: list of dicts: ``feature``, ``auc`` (below 0.5: real records have less),
        ``real`` and ``generated`` (medians), most telling first.
    """
    ranks = rankdata(features, axis=0)
    first, second = is_real.sum(), (~is_real).sum()
    single = (ranks[is_real].sum(0) - first * (first + 1) / 2) / (first * second)
    order = np.argsort(-np.abs(single - 0.5))[:NAMED]
    medians = [np.median(features[rows], axis=0) for rows in (is_real, ~is_real)]
    # rounded: the last digits depend on the records that were measured together
    return [{"feature": names[k], "auc": float(single[k]), "real": float(f"{medians[0][k]:.4g}"),
             "generated": float(f"{medians[1][k]:.4g}")} for k in order]


def critic_rows(floors, judged, seed=0):
    """
    AUC of every generator and group of features, beside the floor.

    :param floors: lists of :class:`~obspy_tng.evaluation.comparisons.Comparison` of real with real
        records.
    :param judged: dict generator name -> lists of comparisons with generated ones.
    :param seed: int.
    :return: list of dicts with ``generator``, ``group``, ``value`` (mean AUC), ``low`` and ``high``
        (95 % interval), ``floor`` and ``floor_spread``, ``telling`` (see
        :func:`telling_features`).
    """
    base = [_one(pair, seed, with_interval=False) for pair in _first(floors)]
    rows = []
    for name, lists in judged.items():
        found = [_one(pair, seed) for pair in _first(lists)]
        for group in (*GROUPS, ALL_GROUPS):
            values, floor = ([one[group]["auc"] for one in some] for some in (found, base))
            rows.append({"generator": name, "group": group, "value": float(mean_of_known(values)),
                         "low": float(mean_of_known([one[group]["low"] for one in found])),
                         "high": float(mean_of_known([one[group]["high"] for one in found])),
                         "floor": float(mean_of_known(floor)), "floor_spread": spread_of(floor),
                         "telling": found[0][group]["telling"]})
    return rows


def classified(floors, judged, seed=0):
    """
    The records that the classifiers of :func:`critic_rows` see.

    :param floors, judged, seed: see there.
    :return: list of parts, each of at most :data:`~obspy_tng.evaluation.quantities.CHUNK` records.
    """
    wholes, index = {}, {}
    for pair in chain(*map(_first, (floors, *judged.values()))):
        for part in chain(*(sides for _, *sides in _drawn(pair, seed))):
            wholes[id(part.root)] = part.root
            index.setdefault(id(part.root), set()).update(part.index.tolist())
    return [wholes[key].take(sorted(some)[first:first + CHUNK]) for key, some in index.items()
            for first in range(0, len(some), CHUNK)]


def _first(lists):
    """The first comparisons of some lists, each of another split."""
    return [pair for some in lists for pair in some][:MOST_COMPARISONS]


def _drawn(pair, seed):
    """As many records of each station on either side: list of (station, real, other)."""
    rng = np.random.default_rng(seed)
    drawn = []
    for station, real in pair.real.items():
        sides = real, pair.other[station]
        # a record that was drawn twice counts once
        rows = [np.unique(side.index, return_index=True)[1] for side in sides]
        if count := min(map(len, rows)):
            drawn.append((station, *(side.take(np.sort(rng.permutation(some)[:count]))
                                     for side, some in zip(sides, rows, strict=True))))
    return drawn


def _one(pair, seed, with_interval=True):
    """AUC, interval (the slow part) and telling features by group of one comparison."""
    features, is_real, earthquakes, names = [], [], [], None
    for station, real, other in _drawn(pair, seed):
        names = names or feature_names(real.axes.bands, real.axes.npts)
        features += [real.waveform, other.waveform]
        is_real += [True] * len(real) + [False] * len(other)
        earthquakes += [*real.identities, *_asked_for(other, pair.real[station])]
    is_real = np.array(is_real, dtype=bool)
    if is_real.sum() < FEWEST:
        return {group: {"auc": np.nan, "low": np.nan, "high": np.nan, "telling": []}
                for group in (*GROUPS, ALL_GROUPS)}
    columns = {group: np.concatenate([one[group] for one in features]) for group in GROUPS}
    columns[ALL_GROUPS] = np.hstack(list(columns.values()))
    names = {**names, ALL_GROUPS: [name for group in GROUPS for name in names[group]]}
    found = {}
    for group, values in columns.items():
        scores = classifier_scores(values, is_real, earthquakes, seed)
        low, high = interval(scores, is_real, earthquakes, seed) if with_interval \
            else (np.nan, np.nan)
        found[group] = {"auc": auc(scores, is_real), "low": low, "high": high,
                        "telling": telling_features(values, names[group], is_real)}
    return found


def _asked_for(records, real):
    """Earthquakes of records: of generated ones those of ``real`` that they were asked for."""
    keys = ("magnitude", "distance")
    events = {tuple(info[k] for k in keys): event for info, event
              in zip(real.infos, real.identities, strict=True)
              if None not in [info[k] for k in keys]}
    return [events.get(tuple(info[k] for k in keys), own)
            for info, own in zip(records.infos, records.identities, strict=True)]

