"""
Smoothing of spectra on a logarithmic frequency axis.

A smoothing is a matrix of weights with one row per centre frequency; each row sums to
one. It depends only on the settings, is computed once and kept, as two factors. A batch of
spectra is smoothed by matrix products.

.. [Konno1998] Konno, K. and Ohmachi, T. (1998). Ground-motion characteristics
   estimated from spectral ratio between horizontal and vertical components of
   microtremor. Bull. Seism. Soc. Am. 88, 228-241.
"""

from collections import OrderedDict
from threading import Lock

import numpy as np
from scipy.linalg import qr, solve_triangular

from .._checks import ascending, one_of, positive
from ..exceptions import TNGInputError

# Matrices kept for reuse, in bytes; the oldest go first.
CACHE_BYTES = 256 * 2**20
_cache: OrderedDict = OrderedDict()
_lock = Lock()


def konno_ohmachi_weights(frequencies, center_frequencies, bandwidth=40.0):
    """
    Weights of the Konno-Ohmachi window ([Konno1998]_), over all frequencies.

    ``(sin(x) / x)^4`` with ``x = b log10(f / fc)``: the exact window. Some programs
    truncate it after the main lobe, which changes HVSR by up to 1 %.

    :param frequencies: Hz ``(nfreq,)``, ascending from 0 or above.
    :param center_frequencies: Hz ``(ncenter,)``, above 0.
    :param bandwidth: b; 40 is usual for HVSR ([SESAME2004]_).
    :return: float64 array ``(ncenter, nfreq)``; every row sums to 1.
    :raises TNGInputError: if a row would be empty.
    """
    return _weights(_konno_ohmachi, frequencies, center_frequencies, bandwidth)[0]


def log_gaussian_weights(frequencies, center_frequencies, bandwidth=40.0):
    """
    Weights ``exp(-b ln(f / fc)^2)``, a Gaussian on a logarithmic axis.

    The code of TimesNet-Gen uses this window under the name Konno-Ohmachi. For the same b
    it is about 2.3 times wider than the window of Konno and Ohmachi.

    :param frequencies: Hz ``(nfreq,)``, ascending from 0 or above.
    :param center_frequencies: Hz ``(ncenter,)``, above 0.
    :param bandwidth: b; 40 is the value of TimesNet-Gen.
    :return: float64 array ``(ncenter, nfreq)``; every row sums to 1.
    """
    return _weights(_log_gaussian, frequencies, center_frequencies, bandwidth)[0]


def _konno_ohmachi(log_ratio, bandwidth):
    x = (bandwidth / np.log(10)) * log_ratio
    x[x == 0] = 1e-30  # sin(x) / x is then 1, its limit at f = fc
    window = np.sin(x)
    window /= x
    for _ in range(2):  # much faster than ** 4
        np.square(window, out=window)
    return window


def _log_gaussian(log_ratio, bandwidth):
    return np.exp(-bandwidth * log_ratio ** 2)


#: windows, and steps of ln f, for a bandwidth, that resolve them three times as finely as needed
WINDOWS = {"konno_ohmachi": (_konno_ohmachi, lambda bandwidth: 0.6 / bandwidth),
           "log_gaussian": (_log_gaussian, lambda bandwidth: 0.09 / np.sqrt(bandwidth))}


def _weights(window, frequencies, center_frequencies, bandwidth):
    """
    Windows as rows of sum 1, ``(ncenter, nfreq)``, and the sums that they had, ``(ncenter,)``.

    There is no weight at f = 0.
    """
    frequencies = np.asarray(frequencies, dtype=np.float64)
    if frequencies.ndim != 1 or frequencies.size == 0 or frequencies.min() < 0:
        raise TNGInputError("frequencies must be a 1-D array of values >= 0 Hz")
    centers = ascending("center_frequencies", center_frequencies)
    known = frequencies > 0
    logs = np.log(np.where(known, frequencies, 1.0))
    # logarithms of equal numbers are equal, so f = fc gives exactly 0
    weights = window(logs - np.log(centers)[:, None], positive("bandwidth", bandwidth))
    weights[:, ~known] = 0
    total = weights.sum(axis=1)
    if not (total > 0).all():
        raise TNGInputError("frequencies: a centre frequency has no frequency inside its window; "
                            "use a longer transform or a smaller bandwidth")
    weights /= total[:, None]
    return weights, total


class Smoother:
    """
    Smoothing for fixed settings: ``smooth(spectra)``; see :func:`smoother`.

    On a logarithmic axis the windows are functions without fine detail (the Fourier transform of
    ``(sin(x) / x)^4`` vanishes beyond ``|x| = 4``), so that few of them determine the others: of
    400 Konno-Ohmachi windows of b = 40 from 0.1 to 40 Hz, 146 give all others to 1e-14. Spectra are
    smoothed at these few centre frequencies, all weights positive, and the rest are linear
    combinations of the results.

    :param window: ``"konno_ohmachi"`` or ``"log_gaussian"``.
    :param frequencies: Hz ``(nfreq,)``, ascending.
    :param center_frequencies: Hz ``(ncenter,)``, ascending.
    :param bandwidth: b of the window.
    """

    #: smaller weights do not change a sum of float64 numbers
    NEGLIGIBLE = 1e-17
    #: largest error of a combination of windows, as a share of a window
    TOLERANCE = 1e-15

    def __init__(self, window, frequencies, center_frequencies, bandwidth=40.0):
        shape, step = WINDOWS[one_of("smoothing", window, WINDOWS)]
        centers = ascending("center_frequencies", center_frequencies)
        apart = _apart(frequencies, step(positive("bandwidth", bandwidth)))
        windows, partial = _weights(shape, apart, centers, bandwidth)
        chosen, self.combinations = _combinations(windows, self.TOLERANCE)
        weights, total = _weights(shape, frequencies, centers[chosen], bandwidth)
        # so far for windows that have the sum 1 over some of the frequencies
        self.combinations *= total / partial[chosen]
        self.combinations /= self.combinations.sum(1, keepdims=True)
        used = np.flatnonzero((weights > self.NEGLIGIBLE).any(axis=0))
        self.band = slice(used[0], used[-1] + 1)
        self.weights = np.ascontiguousarray(weights[:, self.band].T)

    @property
    def nbytes(self):
        """Memory of the weights in bytes."""
        return self.weights.nbytes + self.combinations.nbytes

    def __call__(self, spectra):
        """
        Smooth.

        :param spectra: array ``(..., nfreq)``.
        :return: array ``(..., ncenter)`` of the same kind.
        """
        # products of plain matrices: a batch equals its items
        flat = spectra.reshape(-1, spectra.shape[-1])
        smooth = (flat[:, self.band] @ self.weights) @ self.combinations.T
        return smooth.astype(spectra.dtype, copy=False).reshape(*spectra.shape[:-1], -1)


def _apart(frequencies, step):
    """One of the frequencies above 0 in each step of ln f, as far as there are any."""
    frequencies = frequencies[frequencies > 0]
    return frequencies[np.unique(np.log(frequencies) // step, return_index=True)[1]]


def _combinations(windows, tolerance):
    """
    Rows of a matrix that determine the others (interpolative decomposition).

    :param windows: array ``(n, m)``.
    :param tolerance: share of the largest row that is left out.
    :return: indices of k rows, and array ``(n, k)`` that gives all rows from these.
    """
    r, order = qr(windows.T, mode="r", pivoting=True, check_finite=False)
    size = np.abs(np.diagonal(r))
    k = np.count_nonzero(size > tolerance * size[0])
    found = np.empty((len(windows), k))
    found[order[:k]] = np.eye(k)
    found[order[k:]] = solve_triangular(r[:k, :k], r[:k, k:], check_finite=False).T
    first = np.argsort(order[:k])
    return order[:k][first], found[:, first]


def smoother(window, frequencies, center_frequencies, bandwidth=40.0):
    """
    The :class:`Smoother` for these settings, made on first use and kept.

    :param window: ``"konno_ohmachi"`` or ``"log_gaussian"``.
    :param frequencies: Hz ``(nfreq,)``, ascending.
    :param center_frequencies: Hz ``(ncenter,)``, ascending.
    :param bandwidth: b of the window.
    :return: :class:`Smoother`

    .. rubric:: Example

    >>> f = np.linspace(0, 50, 3001)
    >>> smooth = smoother("konno_ohmachi", f, [0.5, 1.0, 2.0])
    >>> np.allclose(smooth(np.ones(3001)), 1)
    True
    """
    frequencies = np.asarray(frequencies, dtype=np.float64)
    centers = np.atleast_1d(np.asarray(center_frequencies, dtype=np.float64))
    key = (window, frequencies.tobytes(), centers.tobytes(), float(bandwidth))
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = Smoother(window, frequencies, centers, bandwidth)
    with _lock:
        _cache[key] = made
        while len(_cache) > 1 and sum(s.nbytes for s in _cache.values()) > CACHE_BYTES:
            _cache.popitem(last=False)
    return made
