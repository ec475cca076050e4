"""
Fit of the mixed model of band levels to records.

Each band and contrast has its own regression
(:func:`~obspy_tng.groundmotion.mixed_effects.reml`), with priors from other stations. Variances are
then smoothed along ln f. Correlations between bands are moments of the residuals: products between
records of one earthquake at different stations give those of event terms, products within a record
give those of event term plus residual.
"""

from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..exceptions import TNGInputError
from .band_levels import (
    EVENT_DECAY,
    RESIDUAL_DECAYS,
    SLOPE_VARIANCES,
    SPREADING,
    fixed_contrasts,
    level_predictors,
    prior_model,
)
from .censoring import impute, without_noise
from .correlation import (
    contrast_correlation,
    contrast_shares,
    fit_decay,
    lagged_correlation,
    local_shares,
)
from .mixed_effects import Design, indicator, reml, solve
from .scaling import predictors
from .scenario import Coverage

#: fewest records with known magnitude and distance for a regression
FEWEST_RECORDS = 12
#: with more stations (and as many events), variances are estimated from some (cubic cost)
MOST_STATIONS = 200
#: standard deviations of the contrasts where there is no prior (ln energy): stations, events,
#: residuals
DEFAULT_SD = np.array([[1.0, 0.8, 0.3], [1.0, 0.2, 0.2], [0.7, 0.7, 0.7]])
#: weights of prior variances, in stations, events and records; of prior correlations, in events
#: and in records
PRIOR_WEIGHTS, PRIOR_EVENTS, PRIOR_RECORDS = (4.0, 2.0, 4.0), 10, 20
#: standard deviation of the smoothing of variances along ln f, octaves
SMOOTHING = 0.35
#: largest d, c, e and b of the level: energy decays at every distance, and grows with magnitude as
#: the source does or, where there is noise, less (more is the chance of a few strong earthquakes)
LARGEST_SLOPES = ((3, 0.0), (2, -0.5), (4, -0.5), (1, 0.0))
#: passes in which censored levels are imputed, and those after which variances are estimated
IMPUTATIONS, VARIANCES_AFTER = 16, (5, 10)
#: variance of the mean of north over east over all stations: no region favours either
NORTH_EAST_MEAN = 0.01
#: how much wider than that of a station the prior of the mean over stations is, in variance
FREE = 4.0


def fit_band_levels(levels, stations, events, magnitudes, distances, depths, frequencies,
                    prior=None, noise=None):
    """
    Fit a :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel`.

    :param levels: array (n, 3, bands), ln energy.
    :param stations: n station ids.
    :param events: n event ids.
    :param magnitudes: array (n,).
    :param distances: array (n,), epicentral, km.
    :param depths: array (n,), km, NaN where unknown.
    :param frequencies: Hz, centres of the bands.
    :param prior: BandLevelModel of other stations (a simulated network, say): variances are
        combined with those of the prior, and slopes are shrunk to its slopes; None: a default.
    :param noise: array (n, 3, bands), band levels of the noise of each record, which is subtracted
        (:mod:`~obspy_tng.groundmotion.censoring`); None: there is none.
    :return: BandLevelModel
    :raises TNGInputError: for too few records.
    """
    if len(levels) < FEWEST_RECORDS:
        raise TNGInputError(f"band levels need at least {FEWEST_RECORDS} records with magnitude "
                            f"and distance, got {len(levels)}")
    frequencies, bands = np.asarray(frequencies), len(frequencies)
    x = predictors(magnitudes, distances, depths)
    design = Design(level_predictors(x), indicator(stations)[1], indicator(events)[1])
    fixed_variance = np.vstack([np.repeat([np.inf, np.inf, NORTH_EAST_MEAN], bands),
                                np.repeat(SLOPE_VARIANCES, bands, axis=1)])
    coverage = Coverage.of(*map(np.asarray, (magnitudes, distances, depths)))
    if prior is None:
        prior = _default_prior(x, frequencies, coverage)
        fixed_variance[3, :bands] = np.inf
    # where the prior itself departs from the source (noise), another network may not
    fixed_variance[1, :bands] += np.square(prior.coefficients[1, :bands])
    motion = without_noise(levels, noise)
    y = motion.contrasts - fixed_contrasts(magnitudes, frequencies)
    expected = np.where(np.arange(3 * bands) < bands, prior.coefficients, 0.0)
    y, scatter = _imputed(y, motion.censored, design, expected, fixed_variance, prior)
    variances = _fit_variances(y - design.fixed @ expected, design, fixed_variance, prior, scatter)
    expected, effects = _fit_effects(y, design, expected, fixed_variance, variances)
    # Strong earthquakes are recorded at more stations than weak ones of the same magnitude: the
    # mean of the records is what records are drawn about, not that of the earthquakes.
    event_bias = (design.of_event @ effects.events).mean(0)
    of_events = effects.events - event_bias
    coefficients = expected + effects.fixed
    coefficients[0] += event_bias
    rest = y - design.fixed @ coefficients - design.of_station @ effects.stations
    event_correlation, residual_correlation = _fit_correlations(
        rest, of_events, design.of_event, frequencies, variances[2])
    names, counts = indicator(events)[0], design.of_event.sum(0).astype(int).tolist()
    return replace(
        prior, coefficients=coefficients, coefficient_covariance=effects.fixed_covariance,
        phi_s2s=np.sqrt(variances[0]), tau=np.sqrt(variances[1]), phi_ss=np.sqrt(variances[2]),
        event_correlation=event_correlation, residual_correlation=residual_correlation,
        predictor_mean=x.mean(0), predictor_covariance=np.cov(x.T),
        coverage=coverage, free=FREE,
        events={name: (of_events[i], counts[i]) for i, name in enumerate(names)},
        event_variances={n: effects.event_variance[np.equal(counts, n)].mean(0)
                         for n in set(counts)})


def _default_prior(x, frequencies, coverage):
    """Default prior: geometrical spreading and usual standard deviations."""
    bands = len(frequencies)
    coefficients = np.zeros((4, 3 * bands))
    coefficients[2, :bands] = SPREADING
    return prior_model(frequencies, coefficients, *np.repeat(DEFAULT_SD, bands, axis=1), 0.0,
                       x.mean(0), np.cov(x.T), coverage)


def _imputed(y, censored, design, expected, fixed_variance, prior):
    """
    Data with imputed ones where they are censored, and the variance of these.

    :return: arrays (n, D) and (n, D).
    """
    scatter = np.zeros_like(y)
    if not censored.any():
        return y, scatter
    variances = np.square([prior.phi_s2s, prior.tau, prior.phi_ss])
    fitted = design.fixed @ expected
    # begin with the mean offset of the records, of all bands where a band has none
    seen = ~censored
    counts, sums = seen.sum(0), ((y - fitted) * seen).sum(0)
    contrast = np.repeat(np.arange(3), len(prior.frequencies))
    usual = (np.bincount(contrast, sums) / np.maximum(np.bincount(contrast, counts), 1))[contrast]
    fitted = fitted + (sums + usual) / (counts + 1)
    for step in range(IMPUTATIONS):
        data, scatter = impute(y, censored, fitted, np.sqrt(variances[2]))
        found, effects = _fit_effects(data, design, expected, fixed_variance, variances)
        fitted = design.fixed @ found + effects.fitted
        if step in VARIANCES_AFTER:
            variances = _fit_variances(data - design.fixed @ expected, design, fixed_variance,
                                       prior, scatter)
    return impute(y, censored, fitted, np.sqrt(variances[2]))


def _fit_variances(y, design, fixed_variance, prior, scatter):
    """Variances (3, D) of stations, events and residuals, smoothed along ln f."""
    if min(design.of_station.shape[1], design.of_event.shape[1]) > MOST_STATIONS:
        some = np.random.default_rng(0).choice(design.of_station.shape[1], MOST_STATIONS, False)
        rows = design.of_station[:, some].any(1)
        y, scatter, design = y[rows], scatter[rows], Design(design.fixed[rows], *(
            x[rows][:, x[rows].any(0)] for x in (design.of_station, design.of_event)))
    found = reml(y, design, fixed_variance, np.square([prior.phi_s2s, prior.tau, prior.phi_ss]),
                 PRIOR_WEIGHTS, scatter.sum(0))
    return np.exp(smooth_bands(np.log(found), prior.frequencies))


def _fit_effects(y, design, expected, fixed_variance, variances):
    """
    Effects with the constraint that the level decreases with distance.

    :return: coefficients (5, D) that b is relative to, and
        :class:`~obspy_tng.groundmotion.mixed_effects.Effects`.
    """
    expected, fixed_variance = expected.copy(), fixed_variance.copy()
    level = np.arange(y.shape[1]) < y.shape[1] // 3
    effects = solve(y - design.fixed @ expected, design, variances, fixed_variance)
    for row, largest in LARGEST_SLOPES:
        above = level & (expected[row] + effects.fixed[row] > largest)
        expected[row, above], fixed_variance[row, above] = largest, 1e-9
        effects = solve(y - design.fixed @ expected, design, variances, fixed_variance)
    return expected, effects


def _fit_correlations(rest, of_events, of_event, frequencies, variances):
    """
    Correlations of event terms and of residuals.

    :param rest: array (n, D), records without fixed effects and station terms.
    :param of_events: array (E, D), event terms.
    :param of_event: array (n, E) of zeros and ones.
    :param frequencies: Hz, ``(bands,)``.
    :param variances: array (D,), of residuals.
    :return: two arrays (D, D).
    """
    bands, counts = len(frequencies), of_event.sum(0)
    parts = rest.reshape(-1, 3, bands).swapaxes(0, 1)
    # of an event with n records: n (n - 1) pairs, which count as n - 1 together; and n - 1
    # differences from its mean
    means = of_event.T @ parts / counts[:, None]
    within = parts - of_event @ means
    inside = np.einsum("cni,cnj->cij", within, within)
    pairs = (means[0].T * (counts - 1)) @ means[0] - np.einsum(
        "ni,nj,n->ij", within[0], within[0], of_event @ (1 / counts))
    event_decay = fit_decay(*lagged_correlation(pairs, frequencies), (counts > 1).sum(),
                            EVENT_DECAY, PRIOR_EVENTS)
    free = len(rest) - len(counts)
    residual_decays = [fit_decay(*lagged_correlation(products, frequencies), free, decay,
                                 PRIOR_RECORDS)
                       for products, decay in zip(inside, RESIDUAL_DECAYS, strict=True)]
    # event terms are broad-band, and small in HVSR and north over east: all records count here
    total = np.einsum("cni,cnj->cij", parts, parts)[1:]
    fine = [(1 - local_shares(products, frequencies, decay, len(rest), PRIOR_RECORDS))
            * np.diag(products) / len(rest)
            for products, decay in zip(total, residual_decays[1:], strict=True)]
    shares = contrast_shares(fine, np.reshape(variances, (3, bands)))
    return (contrast_correlation([event_decay] * 3, _level_hvsr(of_events, bands), frequencies),
            contrast_correlation(residual_decays, _level_hvsr(rest - of_event @ of_events, bands),
                                 frequencies, shares))


def _level_hvsr(terms, bands):
    """Mean correlation of level and HVSR of some terms ``(n, D)``."""
    if len(terms) < 5:
        return 0.0
    x = terms.reshape(len(terms), 3, bands)[:, :2]
    x = x - x.mean(0)
    both, squares = (x[:, 0] * x[:, 1]).sum(0), np.square(x).sum(0)
    return float(np.clip(np.mean(both / np.sqrt(squares.prod(0) + 1e-30)), -0.9, 0.9))


def smooth_bands(values, frequencies):
    """
    Smooth along the bands of each contrast.

    :param values: array (..., 3 bands).
    :param frequencies: Hz, ``(bands,)``.
    :return: array of the same shape.
    """
    octave = 1 / np.log2(frequencies[1] / frequencies[0])
    parts = np.reshape(values, (*np.shape(values)[:-1], 3, len(frequencies)))
    return gaussian_filter1d(parts, SMOOTHING * octave, axis=-1,
                             mode="nearest").reshape(np.shape(values))
