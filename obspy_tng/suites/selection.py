"""
Selection of records whose spectra have the mean and the spread of a target.

The algorithm is that of [BakerLee2018]_. Spectra are drawn from the target's distribution (several
sets; the one with the nearest moments is used), and the most similar record is chosen for each of
them. Each record is then replaced by the one that gives the suite the best mean and standard
deviation, until nothing changes. The result is one of many near-optima; the search is therefore
repeated from a few sets, and the best suite is kept. Each record may have one of several scale
factors within the bounds. If the target is conditional (sd of 0 at a period), the factor gives the
record the target's value there.

.. [BakerLee2018] Baker, J. W. and Lee, C. (2018). An improved algorithm for selecting ground
   motions to match a conditional spectrum. J. Earthq. Eng. 22(4), 708-723.
"""

from dataclasses import dataclass

import numpy as np

from ..exceptions import TNGInputError

#: sets of spectra that are drawn, as in the article
TRIALS = 20
#: number of them from which a search starts
STARTS = 4
#: most passes over the records of a suite; the search ends when a pass changes nothing
PASSES = 10
#: weight of the error of the sd; that of the mean has 1 (as in the article)
SPREAD_WEIGHT = 2.0
#: weight of the scatter about a target that has no sd
SCATTER_WEIGHT = 0.1
# scale factors that are tried, in sd of the target about the factor for its mean
_OFFSETS = np.linspace(-2.0, 2.0, 9)
_CONDITIONED = 1e-6  # sd below which a target is taken as conditional there


@dataclass(frozen=True)
class Choice:
    """Records that were chosen: positions ``index (n,)``, ``factors (n,)`` and the misfit."""

    index: np.ndarray
    factors: np.ndarray
    misfit: float


def choose_records(spectra, target, n, bounds=(1.0, 1.0), groups=(), seed=0):
    """
    Choose records by their spectra.

    :param spectra: ln spectra of all records, ``(N, nper)``.
    :param target: :class:`~obspy_tng.suites.targets.Target` at the same periods.
    :param n: how many, 2 to N.
    :param bounds: least and largest scale factor; ``(1, 1)`` does not scale.
    :param groups: list of pairs: array ``(N,)`` of the group of each record, and how many of
        one group may be chosen (such as of an earthquake, or of a station).
    :param seed: int, of the spectra that are drawn.
    :return: :class:`Choice`
    :raises TNGInputError: if there are not enough records within the bounds and groups.

    .. rubric:: Example

    >>> from obspy_tng.suites.targets import Target
    >>> target = Target([0.5, 1.0], [0.0, 0.0], ln_sd=0.5)
    >>> pool = np.random.default_rng(0).normal(0, 1, (300, 2))
    >>> choice = choose_records(pool, target, 10)
    >>> pool[choice.index].std(axis=0, ddof=1).round(1)
    array([0.5, 0.5])
    """
    candidates = Candidates.of(spectra, target, bounds)
    limits = Limits(groups, len(spectra))
    starts = _simulated(target, n, np.random.default_rng(seed))
    found = [_improved(candidates, _nearest(candidates, start, limits), target, limits)
             for start in starts]
    chosen, misfit = min(found, key=lambda pair: pair[1])
    return Choice(candidates.record[chosen], np.exp(candidates.ln_factor[chosen]), misfit)


@dataclass(frozen=True)
class Candidates:
    """Records times factors: which record, ln factor, and spectra ``(ncandidates, nper)``."""

    record: np.ndarray
    ln_factor: np.ndarray
    spectra: np.ndarray

    @classmethod
    def of(cls, spectra, target, bounds):
        """All records times all factors that may be tried."""
        low, high = np.log(bounds)
        record = np.arange(len(spectra))
        if target.ln_sd is not None and _is_conditional(target):
            at = int(np.argmin(target.ln_sd))
            ln_factor = target.ln_mean[at] - spectra[:, at]
            usable = (ln_factor >= low - 1e-9) & (ln_factor <= high + 1e-9)
            record, ln_factor = record[usable], ln_factor[usable]
            if low == high:  # one factor for all: all records are candidates
                record, ln_factor = np.arange(len(spectra)), np.full(len(spectra), low)
        elif low == high:
            ln_factor = np.full(len(spectra), low)
        else:
            middle = (target.ln_mean - spectra).mean(axis=1)
            sd = 0.0 if target.ln_sd is None else target.ln_sd.mean() * _OFFSETS
            ln_factor = np.clip(middle + np.reshape(sd, (-1, 1)), low, high).ravel()
            record = np.tile(record, np.size(sd))
            pairs = np.unique(np.stack([record, ln_factor.round(6)], axis=1), axis=0)
            record, ln_factor = pairs[:, 0].astype(int), pairs[:, 1]
        return cls(record, ln_factor, spectra[record] + ln_factor[:, None])


def _is_conditional(target):
    """Whether the sd is 0 at some periods; at all of them, no spread is wanted."""
    given = target.ln_sd < _CONDITIONED
    return bool(given.any() and not given.all())


class Limits:
    """
    Records that may still be chosen: each once, with a limit for each group.

    :param groups: see :func:`choose_records`.
    :param count: number of records.
    """

    def __init__(self, groups, count):
        self.groups = [(np.unique(names, return_inverse=True)[1], int(most))
                       for names, most in ((np.arange(count), 1), *groups)]

    def allowed(self, chosen):
        """Mask ``(N,)`` of the records that may join those chosen (positions)."""
        mask = np.ones(len(self.groups[0][0]), dtype=bool)
        for group, most in self.groups:
            counts = np.bincount(group[chosen], minlength=group.max() + 1)
            mask &= counts[group] < most
        return mask


def _simulated(target, n, rng):
    """Sets of spectra ``(n, nper)`` of the target's distribution, the best of several."""
    if target.ln_sd is None:
        return [np.tile(target.ln_mean, (n, 1))]
    values, vectors = np.linalg.eigh(target.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    sets = target.ln_mean + rng.standard_normal((TRIALS, n, len(values))) @ root.T
    return sorted(sets, key=lambda s: _misfit_of(s, target))[:STARTS]


def _nearest(candidates, simulated, limits):
    """For each simulated spectrum the candidate that is most like it."""
    chosen = []
    for spectrum in simulated:
        allowed = limits.allowed(candidates.record[chosen].astype(int))[candidates.record]
        if not allowed.any():
            raise TNGInputError(f"only {len(chosen)} of {len(simulated)} records can be chosen "
                                "within the bounds of scale_factors, max_per_station and "
                                "max_per_event; widen them or give more records")
        distance = np.square(candidates.spectra - spectrum).sum(axis=1)
        chosen.append(int(np.argmin(np.where(allowed, distance, np.inf))))
    return np.array(chosen)


def _improved(candidates, chosen, target, limits):
    """Replace one record after the other as long as the suite gets better."""
    n, spectra = len(chosen), candidates.spectra
    # about the target and in single precision: this is where the time goes
    apart = (spectra - target.ln_mean).astype(np.float32)
    squares = apart ** 2
    sd = None if target.ln_sd is None else target.ln_sd.astype(np.float32)
    chosen = chosen.copy()
    misfit = _misfit_of(spectra[chosen], target)
    for _ in range(PASSES):
        changed = False
        for slot in range(n):
            others = np.delete(chosen, slot)
            misfits = _misfits(apart, squares, others, sd)
            allowed = limits.allowed(candidates.record[others])[candidates.record]
            best = int(np.argmin(np.where(allowed, misfits, np.inf)))
            replaced = np.append(others, best)
            if (found := _misfit_of(spectra[replaced], target)) < misfit * (1 - 1e-6):
                chosen[slot], misfit, changed = best, found, True
        if not changed:
            break
    return chosen, misfit


def _misfits(apart, squares, others, sd):
    """Misfit of some candidates with each one of all, ``(ncandidates,)``."""
    n = len(others) + 1
    mean = apart + apart[others].sum(0)
    mean *= mean
    mean /= n * n  # squared from here on
    spread = squares + squares[others].sum(0)
    spread -= n * mean
    spread /= n - 1
    error = mean.mean(axis=1)
    if sd is None:
        return error + SCATTER_WEIGHT * spread.mean(axis=1)
    np.sqrt(np.maximum(spread, 0, out=spread), out=spread)
    spread -= sd
    spread *= spread
    return error + SPREAD_WEIGHT * spread.mean(axis=1)


def _misfit_of(spectra, target):
    """Weighted mean square over the periods of the errors of mean and sd of some spectra."""
    error = np.square(spectra.mean(0) - target.ln_mean).mean()
    if target.ln_sd is None:
        return float(error + SCATTER_WEIGHT * spectra.var(0, ddof=1).mean())
    return float(error + SPREAD_WEIGHT * np.square(spectra.std(0, ddof=1) - target.ln_sd).mean())
