"""
Scores of pairs of records that should be the same ([Anderson2004]_), for reconstruction.

Ten criteria from 0 to 10, of which 10 is identity: C1 Arias duration, C2 energy duration,
C3 Arias intensity, C4 energy integral, C5 PGA, C6 PGV, C7 PGD, C8 response spectra, C9 Fourier
spectra, C10 cross-correlation. They are taken in frequency bands and averaged over these and over
the components. Above 8 is excellent, 6 to 8 good, 4 to 6 fair, below poor.

.. [Anderson2004] Anderson, J. G. (2004). Quantitative measure of the goodness-of-fit of synthetic
   seismograms. 13th World Conf. Earthq. Eng., Vancouver, paper 243.
"""

from itertools import pairwise

import numpy as np

from .._checks import as_samples, ascending, positive
from ..exceptions import TNGInputError
from ..signal import bandpass, fas, integrate, response_spectra, smoother

CRITERIA = ("C1 Arias duration", "C2 energy duration", "C3 Arias intensity", "C4 energy integral",
            "C5 PGA", "C6 PGV", "C7 PGD", "C8 response spectrum", "C9 Fourier spectrum",
            "C10 cross-correlation")
#: periods and frequencies of C8 and C9 in a band
PER_BAND = 6


def anderson_scores(first, second, sampling_rate, edges):
    """
    Scores of pairs of records, trace by trace.

    :param first: acceleration ``(..., npts)`` in m/s^2.
    :param second: the other of each pair, of the same shape.
    :param sampling_rate: Hz.
    :param edges: Hz, ascending, of the bands ``(nbands + 1,)``, below the Nyquist frequency; the
        whole range between the first and the last counts as a band too.
    :return: array ``(..., nbands + 1, 10)``, the whole range first, criteria as in
        :data:`CRITERIA`.
    :raises TNGInputError: if the shapes differ or a band is not possible.

    .. rubric:: Example

    >>> acc = np.random.default_rng(0).standard_normal(2000) * np.hanning(2000)
    >>> float(anderson_scores(acc, acc, 100.0, [0.5, 2.0, 20.0]).round(6).min())
    10.0
    """
    first, second = as_samples(first, 16), as_samples(second, 16)
    if first.shape != second.shape:
        raise TNGInputError(f"first and second must have the same shape, got {first.shape} and "
                            f"{second.shape}")
    rate = positive("sampling_rate", sampling_rate)
    edges = ascending("edges", edges, high=0.5 * rate * (1 - 1e-9))
    if len(edges) < 2:
        raise TNGInputError(f"edges must be two or more, got {edges}")
    bands = [(edges[0], edges[-1]), *pairwise(edges)]
    return np.stack([_band(first, second, rate, low, high) for low, high in bands], axis=-2)


def _band(first, second, rate, low, high):
    """The ten scores ``(..., 10)`` in a band."""
    sides = []
    for data in (first, second):
        acceleration = bandpass(data.astype(np.float64), rate, low, high)
        velocity = integrate(acceleration, rate)
        sides.append((acceleration, velocity, integrate(velocity, rate)))
    (a1, v1, d1), (a2, v2, d2) = sides
    energy = [np.cumsum(x ** 2, axis=-1) for x in (a1, a2, v1, v2)]
    scores = [10 * (1 - _apart(energy[0], energy[1])), 10 * (1 - _apart(energy[2], energy[3])),
              _score(energy[0][..., -1], energy[1][..., -1]),
              _score(energy[2][..., -1], energy[3][..., -1])]
    scores += [_score(np.abs(x).max(-1), np.abs(y).max(-1)) for x, y in ((a1, a2), (v1, v2),
                                                                       (d1, d2))]
    periods = np.geomspace(1 / high, 1 / low, PER_BAND)
    scores.append(_score(*(response_spectra(a, rate, periods)[1] for a in (a1, a2))).mean(-1))
    frequencies = np.geomspace(low, high, PER_BAND)
    bins = fas(a1, rate)[0]
    smooth = smoother("konno_ohmachi", bins, frequencies)
    scores.append(_score(*(smooth(fas(a, rate)[1]) for a in (a1, a2))).mean(-1))
    norm = np.sqrt(energy[0][..., -1] * energy[1][..., -1])
    correlation = np.divide((a1 * a2).sum(-1), norm, out=np.zeros_like(norm), where=norm > 0)
    scores.append(10 * np.maximum(correlation, 0))
    return np.stack(scores, axis=-1)


def _score(first, second):
    """``10 exp(-((p1 - p2) / min(p1, p2))^2)``"""
    least = np.minimum(first, second)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(first == second, 10.0, 10 * np.exp(-((first - second) / least) ** 2))


def _apart(first, second):
    """Largest difference of two normalised cumulative energies."""
    return np.abs(first / first[..., -1:] - second / second[..., -1:]).max(-1)


def reconstruction_rows(real, others, rebuilt):
    """
    Scores of reconstructed records, and of unrelated real ones of the station as a floor.

    :param real: dict ``station id -> RecordSet``.
    :param others: names of the generators.
    :param rebuilt: ``generator name -> station id -> RecordSet``: a reconstruction of each real
        record, in their order.
    :return: list of dicts: ``generator``, ``station``, ``records``, ``score`` (mean of all), each
        of :data:`CRITERIA`, and ``floor``, the score of each real record against the next.
    """
    rows = []
    for name in others:
        for station, records in rebuilt.get(name, {}).items():
            truth = real[station]
            if len(records) != len(truth):
                raise TNGInputError(f"reconstructed: {name} has {len(records)} records at "
                                    f"{station}, must be one for each of the {len(truth)} real "
                                    "ones, in their order")
            axes = truth.axes
            edges = np.geomspace(axes.freqmin, min(axes.freqmax, 0.49 * axes.sampling_rate), 6)
            found = anderson_scores(truth.data, records.data, axes.sampling_rate, edges)
            unlike = anderson_scores(truth.data, np.roll(truth.data, 1, axis=0),
                                     axes.sampling_rate, edges)
            each = found.mean(axis=(0, 1, 2))
            rows.append({"generator": name, "station": station, "records": len(truth),
                         "score": float(each.mean()), "floor": float(unlike.mean()),
                         **dict(zip(CRITERIA, map(float, each), strict=True))})
    return rows
