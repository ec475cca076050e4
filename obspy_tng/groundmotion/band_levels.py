"""
Levels of frequency bands: earthquake, station and the rest
===========================================================

The ln energy of each band of a record is split into::

    level = source(M, f) + a + b (M - 6) + c ln(R / R0) + d (R / R0 - 1)
            + event + station + residual

with the hypocentral distance R, by a mixed model (best linear unbiased prediction,
[Abrahamson_Youngs1992]_). The source is that of [Brune1970]_: below its corner frequency energy
grows by a factor of 1000 with every magnitude, above it by ten, and a straight line through
large earthquakes would make small ones much too strong. Levels are taken as three
contrasts: the mean of the horizontals, horizontals over vertical (the HVSR), and north over
east. A record's HVSR varies much less than its level, and differs from station to station with
variances of its own at each frequency: at the longest periods most of what three records show is
scatter, at a resonance most of it is the station. So each contrast and band has its own variance
of event, station and residual (restricted maximum likelihood by expectation maximisation,
smoothed along ln f), and a station's term follows from any number of its records by Bayes' rule.
Two correlations carry most of what a few records can tell beyond their mean: neighbouring bands
go together, and a station that amplifies the horizontals does so over the vertical too (the
vertical hardly varies), so that the HVSR, which is free of the earthquake's strength, also tells
the level.

.. [Abrahamson_Youngs1992] Abrahamson, N. A. and Youngs, R. R. (1992). A stable
   algorithm for regression analyses using the random effects model. Bull. Seismol.
   Soc. Am. 82(1), 505-510.
"""

from dataclasses import dataclass

import numpy as np

from ..exceptions import TNGInputError
from .brune import corner_frequency, seismic_moment
from .mixed_effects import (
    PRIOR_RECORDS,
    _smooth,
    _smooth_sum,
    _solve,
    _variances,
    indicator,
    smooth_correlation,
)
from .scenario import SATURATION

#: contrasts of the levels of Z, N, E: horizontals, horizontals over vertical, north over east
CONTRASTS = np.array([[0.0, 0.5, 0.5], [-1.0, 0.5, 0.5], [0.0, 1.0, -1.0]])
LEVELS = np.linalg.inv(CONTRASTS)
#: km
REFERENCE_DISTANCE, USUAL_DEPTH = 200.0, 20.0
#: fewest records with known magnitude and distance for a regression of their own
FEWEST_RECORDS = 12
#: more earthquakes than this are drawn from for the variances (a cubic cost)
MOST_EVENTS = 300
#: standard deviations of the station's contrasts where there is no prior (ln energy)
DEFAULT_SD = (1.0, 0.8, 0.3)
#: correlation lengths along ln f, octaves, and share of the residual without any
STATION_LENGTH, EVENT_LENGTH, RESIDUAL_LENGTH, NUGGET = 1.0, 1.0, 0.35, 0.1
#: correlation of a station's level with its HVSR
STATION_CORRELATION = 0.7
#: weight of the sample correlation of residuals beside that of the smooth one
SAMPLE_WEIGHT = 0.2
#: prior variances of the slopes of each contrast (per unit of the predictors): of the level
#: about the prior's slopes (without a prior they are free), of the HVSR and of north over
#: east about none, since a few stations' chance slopes are wrong for another station
SLOPE_VARIANCES = (1.0, 0.01, 0.001)
#: slope of the level with ln distance, mean and variance: geometric spreading of energy lies
#: between that of surface waves (-1) and of body waves (-2). Left to itself it makes up for what
#: else bends the decay (noise far off), and goes wrong near the source.
SPREADING = (-1.6, 0.3)


@dataclass(frozen=True)
class StationTerm:
    """
    What the records of a station tell of it; D is three contrasts times bands.

    :param delta_s2s: array (D,), posterior mean of the station's term.
    :param covariance: array (D, D), its posterior covariance.
    :param scatter_ratio: array (D,), standard deviation of the station's records about its mean
        (earthquakes and residuals), relative to that of the model.
    """

    delta_s2s: np.ndarray
    covariance: np.ndarray
    scatter_ratio: np.ndarray


@dataclass(frozen=True)
class BandLevelModel:
    """
    Mixed model of band levels; D is three contrasts times bands.

    :param coefficients: array (4, D), of :func:`predictors`.
    :param phi_s2s: array (D,), standard deviation of station terms.
    :param tau: array (D,), of event terms.
    :param phi_ss: array (D,), of residuals at a typical station.
    :param event_correlation: of an event's level and HVSR.
    :param residual_correlation: array (D, D).
    :param predictor_mean: array (4,), mean predictors of the records.
    :param predictor_covariance: array (4, 4).
    :param events: dict event -> (term (D,), its posterior variance (D,)).
    :param frequencies: Hz, centres of the bands.
    """

    coefficients: np.ndarray
    phi_s2s: np.ndarray
    tau: np.ndarray
    phi_ss: np.ndarray
    event_correlation: float
    residual_correlation: np.ndarray
    predictor_mean: np.ndarray
    predictor_covariance: np.ndarray
    events: dict
    frequencies: np.ndarray

    @property
    def bands(self):
        """Number of bands."""
        return len(self.frequencies)

    @property
    def bands_per_octave(self):
        """Bands per octave."""
        return _bands_per_octave(self.frequencies)

    def expected(self, magnitudes, distances, depths):
        """
        Contrasts of an average station and event.

        :param magnitudes: array (n,), NaN where unknown.
        :param distances: array (n,), epicentral, km, NaN where unknown.
        :param depths: array (n,), km, NaN where unknown.
        :return: array (n, D); where magnitude or distance are unknown, those of the mean
            predictors.
        """
        known = np.isfinite(magnitudes) & np.isfinite(distances)
        x = np.where(known[:, None], predictors(magnitudes, distances, depths),
                     self.predictor_mean)
        return x @ self.coefficients + source_contrasts(6 + x[:, 1], self.frequencies)

    def predict(self, magnitude, distance, depth=None):
        """
        The same for one earthquake.

        :param magnitude: magnitude.
        :param distance: epicentral distance in km.
        :param depth: km; None or NaN: usual.
        :return: array (D,).
        """
        depth = np.nan if depth is None else depth
        return self.expected(*np.array([[magnitude], [distance], [depth]], dtype=float))[0]

    def station(self, levels, events, magnitudes, distances, depths):
        """
        A station's term from its records.

        :param levels: array (n, 3, bands), ln energy of Z, N, E.
        :param events: n event ids; those of the model are known, others are not.
        :param magnitudes: array (n,), NaN where unknown.
        :param distances: array (n,), km, NaN where unknown.
        :param depths: array (n,), km, NaN where unknown.
        :return: :class:`StationTerm`.
        """
        known = np.isfinite(magnitudes) & np.isfinite(distances)
        rest = to_contrasts(levels) - self.expected(magnitudes, distances, depths)
        prior = self._covariance(self.phi_s2s, STATION_LENGTH, STATION_CORRELATION)
        precision, weighted, inverses = np.linalg.inv(prior), 0.0, {}
        for i, event in enumerate(events):
            term, variance = self.events.get(event, (0.0, np.square(self.tau)))
            case = (event if event in self.events else None, bool(known[i]))
            if case not in inverses:
                inverses[case] = np.linalg.inv(self._noise(variance, known[i]))
            precision = precision + inverses[case]
            weighted = weighted + inverses[case] @ (rest[i] - term)
        covariance = np.linalg.inv(precision)
        mean = covariance @ weighted
        # Scatter of records about the station's mean, earthquakes included: where a station's
        # HVSR hardly changes, earthquakes do not change it either. That of few records says
        # little and is shrunk to the usual one.
        usual = np.square(self.tau) + np.square(self.phi_ss)
        sums = _smooth_sum(np.square(rest - mean) / usual, self.bands, self.bands_per_octave)
        spread = np.sqrt((PRIOR_RECORDS + sums) / (PRIOR_RECORDS + max(len(levels) - 1, 0)))
        return StationTerm(mean, covariance, spread)

    def drawer(self, term):
        """
        Function that draws the levels of records of one station.

        :param term: :class:`StationTerm`.
        :return: function of (magnitude, distance, depth, rng) -> array (3, bands): the
            station's mean with an event term and a residual.
        """
        event = np.linalg.cholesky(self._covariance(self.tau * term.scatter_ratio, EVENT_LENGTH,
                                                    self.event_correlation))
        sd = self.phi_ss * term.scatter_ratio
        residual = np.linalg.cholesky(np.outer(sd, sd) * self.residual_correlation)

        def draw(magnitude, distance, depth, rng):
            noise = rng.standard_normal((2, len(sd)))
            return to_levels(self.predict(magnitude, distance, depth) + term.delta_s2s
                             + event @ noise[0] + residual @ noise[1])
        return draw

    def _noise(self, event_variance, predictors_known):
        """Covariance of a record about its station's term."""
        noise = (np.outer(self.phi_ss, self.phi_ss) * self.residual_correlation
                 + self._covariance(np.sqrt(event_variance), EVENT_LENGTH,
                                    self.event_correlation))
        if not predictors_known:
            slopes = self.coefficients.copy()
            around = 6 + self.predictor_mean[1] + np.array([-0.5, 0.5])
            slopes[1] += np.diff(source_contrasts(around, self.frequencies), axis=0)[0]
            noise = noise + slopes.T @ self.predictor_covariance @ slopes
        return noise

    def _covariance(self, sd, length, correlation):
        return np.outer(sd, sd) * smooth_correlation(self.bands, length, correlation,
                                                     self.bands_per_octave)


def to_contrasts(levels):
    """Levels ``(..., 3, bands)`` of Z, N, E -> contrasts ``(..., 3 * bands)``."""
    return (CONTRASTS @ levels).reshape(*np.shape(levels)[:-2], -1)


def to_levels(contrasts):
    """Contrasts ``(..., 3 * bands)`` -> levels ``(..., 3, bands)`` of Z, N, E."""
    return LEVELS @ np.reshape(contrasts, (*np.shape(contrasts)[:-1], 3, -1))


def predictors(magnitudes, distances, depths):
    """
    Predictors of the earthquake.

    :param magnitudes: array (n,).
    :param distances: array (n,), epicentral, km.
    :param depths: array (n,), km; NaN: usual.
    :return: array (n, 4): 1, M - 6, ln of the hypocentral distance (with 10 km of
        saturation) over 200 km, and that ratio minus one (anelastic attenuation).
    """
    depths = np.where(np.isfinite(depths), depths, USUAL_DEPTH)
    ratio = np.sqrt(np.square(distances) + np.square(depths) + SATURATION ** 2) \
        / REFERENCE_DISTANCE
    return np.column_stack([np.ones(len(ratio)), np.asarray(magnitudes) - 6.0, np.log(ratio),
                            ratio - 1.0])


def source_contrasts(magnitudes, frequencies):
    """
    What a source of [Brune1970]_ radiates, relative to one of magnitude 6.

    :param magnitudes: array (n,).
    :param frequencies: Hz, ``(bands,)``.
    :return: array (n, 3 bands), ln energy; none of the HVSR and of north over east.

    .. rubric:: Example

    >>> below, above = source_contrasts(np.array([5.0]), np.array([0.01, 100.0]))[0, :2]
    >>> round(float(below), 1), round(float(above), 1)
    (-6.9, -2.3)
    """
    def level(magnitude):
        ratio = np.divide.outer(frequencies, corner_frequency(magnitude))
        return 2 * (np.log(seismic_moment(magnitude)) - np.log1p(np.square(ratio)))

    source = (level(np.asarray(magnitudes, dtype=float)) - level(np.array([6.0]))).T
    return np.hstack([source, np.zeros((len(source), 2 * source.shape[1]))])


def fit_band_levels(levels, stations, events, magnitudes, distances, depths, frequencies,
                    prior=None):
    """
    Fit a :class:`BandLevelModel`.

    :param levels: array (n, 3, bands), ln energy.
    :param stations: n station ids.
    :param events: n event ids.
    :param magnitudes: array (n,).
    :param distances: array (n,), epicentral, km.
    :param depths: array (n,), km, NaN where unknown.
    :param frequencies: Hz, centres of the bands.
    :param prior: BandLevelModel of other stations (a simulated network, say): its station
        variances are blended with those of these few stations, and slopes are shrunk
        towards its own; None: a default.
    :return: :class:`BandLevelModel`
    :raises TNGInputError: for too few records.
    """
    if len(levels) < FEWEST_RECORDS:
        raise TNGInputError(f"band terms need at least {FEWEST_RECORDS} records with magnitude "
                            f"and distance, got {len(levels)}")
    bands, bands_per_octave = len(frequencies), _bands_per_octave(frequencies)
    y = to_contrasts(levels) - source_contrasts(magnitudes, frequencies)
    design = predictors(magnitudes, distances, depths)
    prior_variance = np.square(prior.phi_s2s if prior else np.repeat(DEFAULT_SD, bands))
    expected = np.zeros((design.shape[1], y.shape[1]))
    slopes = np.tile(np.repeat(SLOPE_VARIANCES, bands), (3, 1))
    if prior:
        expected[:, :bands] = prior.coefficients[:, :bands]
    else:
        slopes[:, :bands] = np.inf
        expected[2, :bands] = SPREADING[0]
    slopes[1, :bands] = SPREADING[1]
    y = y - design @ expected
    chosen = _some_events(events)
    variances = _variances(y[chosen], design[chosen], indicator(np.asarray(stations)[chosen])[1],
                           indicator(np.asarray(events)[chosen])[1], prior_variance, slopes)
    variances = [np.exp(_smooth(np.log(v), bands, bands_per_octave)) for v in variances]
    names, of_event = indicator(events)
    _, of_station = indicator(stations)
    solution, posterior_variance = _solve(y, design, of_station, of_event, variances, slopes)
    first = design.shape[1] + of_station.shape[1]
    # Strong earthquakes are recorded at more stations than weak ones of the same magnitude: the
    # mean of the records is what records are drawn about, not that of the earthquakes.
    event_bias = (of_event @ solution[first:]).mean(0)
    solution[0] += event_bias
    solution[first:] -= event_bias
    residual = y - np.hstack([design, of_station, of_event]) @ solution
    # An earthquake is as strong for all stations, but does not change every HVSR as much.
    shared = np.arange(y.shape[1]) < bands
    scatter = residual + np.where(shared, 0, of_event @ solution[first:])
    typical = _station_scatter(scatter, stations, variances[2] + np.where(shared, 0, variances[1]),
                       bands, bands_per_octave)
    smooth = smooth_correlation(bands, RESIDUAL_LENGTH, _level_hvsr_correlation(residual, bands),
                                bands_per_octave, NUGGET)
    sample = np.corrcoef(residual.T + 1e-12)
    return BandLevelModel(
        expected + solution[:design.shape[1]], np.sqrt(variances[0]),
        np.sqrt(variances[1] * np.where(shared, 1, typical)), np.sqrt(variances[2] * typical),
        _level_hvsr_correlation(solution[first:], bands),
        SAMPLE_WEIGHT * sample + (1 - SAMPLE_WEIGHT) * smooth, design.mean(0), np.cov(design.T),
        {name: (solution[first + i], posterior_variance[first + i])
         for i, name in enumerate(names)},
        np.asarray(frequencies))


def _bands_per_octave(frequencies):
    return round(1 / np.log2(frequencies[1] / frequencies[0]))


def _some_events(events):
    """Mask of the records of at most :data:`MOST_EVENTS` events."""
    names = sorted(set(events))
    if len(names) > MOST_EVENTS:
        names = np.random.default_rng(0).choice(names, MOST_EVENTS, replace=False)
    return np.isin(events, list(names))


def _station_scatter(residual, stations, variance, bands, bands_per_octave):
    """Geometric mean over the stations of their variance, relative to the pooled."""
    stations = np.asarray(stations)
    ratios = [_smooth_sum(np.square(residual[stations == s]) / variance, bands, bands_per_octave)
              / (stations == s).sum() for s in sorted(set(stations)) if (stations == s).sum() >= 5]
    if not ratios:
        return np.ones_like(variance)
    return np.exp(np.mean(np.log(np.maximum(ratios, 1e-6)), axis=0))


def _level_hvsr_correlation(terms, bands):
    """Mean correlation of the first two contrasts of some terms ``(n, D)``."""
    if len(terms) < 5:
        return 0.0
    x = terms.reshape(len(terms), 3, bands)[:, :2]
    x = x - x.mean(0)
    both, squares = (x[:, 0] * x[:, 1]).sum(0), np.square(x).sum(0)
    return float(np.clip(np.mean(both / np.sqrt(squares.prod(0) + 1e-30)), -0.9, 0.9))
