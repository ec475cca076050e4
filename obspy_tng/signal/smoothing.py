"""
Smoothing of spectra on a logarithmic frequency axis.

A smoothing is a matrix of weights with one row per centre frequency; each row sums to
one. It depends only on the settings, is computed once and kept. A batch of spectra is
smoothed by one matrix product.

.. [Konno1998] Konno, K. and Ohmachi, T. (1998). Ground-motion characteristics
   estimated from spectral ratio between horizontal and vertical components of
   microtremor. Bull. Seism. Soc. Am. 88, 228-241.
"""

from collections import OrderedDict
from threading import Lock

import numpy as np

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
    log_ratio, known = _log_ratio(frequencies, center_frequencies)
    x = (positive("bandwidth", bandwidth) / np.log(10)) * log_ratio
    x[x == 0] = 1e-30  # sin(x) / x is then 1, its limit at f = fc
    weights = np.sin(x)
    weights /= x
    for _ in range(2):  # much faster than ** 4
        np.square(weights, out=weights)
    return _normalised(weights, known)


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
    log_ratio, known = _log_ratio(frequencies, center_frequencies)
    weights = np.exp(-positive("bandwidth", bandwidth) * log_ratio ** 2)
    return _normalised(weights, known)


WINDOWS = {"konno_ohmachi": konno_ohmachi_weights, "log_gaussian": log_gaussian_weights}


def _log_ratio(frequencies, center_frequencies):
    """ln(f / fc) as (ncenter, nfreq), 0 where f = 0, and the mask f > 0."""
    frequencies = np.asarray(frequencies, dtype=np.float64)
    if frequencies.ndim != 1 or frequencies.size == 0 or frequencies.min() < 0:
        raise TNGInputError("frequencies must be a 1-D array of values >= 0 Hz")
    centers = ascending("center_frequencies", center_frequencies)
    known = frequencies > 0
    logs = np.log(np.where(known, frequencies, 1.0))
    log_ratio = logs - np.log(centers)[:, None]
    # logarithms of equal numbers are equal, so f = fc gives exactly 0
    return log_ratio, known


def _normalised(weights, known):
    """Rows of sum 1; no weight at f = 0."""
    weights[:, ~known] = 0
    total = weights.sum(axis=1, keepdims=True)
    if not (total > 0).all():
        raise TNGInputError("frequencies: a centre frequency has no frequency inside its window; "
                            "use a longer transform or a smaller bandwidth")
    weights /= total
    return weights


class Smoother:
    """
    Smoothing for fixed settings: ``smooth(spectra)``; see :func:`smoother`.

    The weights are kept as dense blocks, some centre frequencies by the
    frequencies that matter to them: everything for Konno-Ohmachi, whose tails
    are long, a band for the log-Gaussian window.

    :param window: ``"konno_ohmachi"`` or ``"log_gaussian"``.
    :param frequencies: Hz ``(nfreq,)``, ascending.
    :param center_frequencies: Hz ``(ncenter,)``, ascending.
    :param bandwidth: b of the window.
    :param dtype: float32 or float64.
    """

    #: smaller weights do not change a sum of float64 numbers
    NEGLIGIBLE = 1e-17
    #: centre frequencies in a block; the default 400 are one product
    ROWS = 400

    def __init__(self, window, frequencies, center_frequencies, bandwidth=40.0,
                 dtype=np.float64):
        weigh = WINDOWS[one_of("smoothing", window, WINDOWS)]
        self.center_frequencies = ascending("center_frequencies", center_frequencies)
        self.blocks = []
        for row in range(0, len(self.center_frequencies), self.ROWS):
            weights = weigh(frequencies, self.center_frequencies[row:row + self.ROWS], bandwidth)
            used = np.flatnonzero((weights > self.NEGLIGIBLE).any(axis=0))
            band = slice(used[0], used[-1] + 1)
            self.blocks.append((band, np.ascontiguousarray(weights[:, band].T, dtype=dtype)))

    @property
    def nbytes(self):
        """Memory of the weights in bytes."""
        return sum(weights.nbytes for _, weights in self.blocks)

    def __call__(self, spectra):
        """
        Smooth.

        :param spectra: array ``(..., nfreq)``.
        :return: array ``(..., ncenter)``.
        """
        # one product per block of plain matrices: a batch equals its items
        flat = spectra.reshape(-1, spectra.shape[-1])
        smooth = np.concatenate([flat[:, band] @ weights for band, weights in self.blocks], axis=1)
        return smooth.reshape(*spectra.shape[:-1], -1)


def smoother(window, frequencies, center_frequencies, bandwidth=40.0, dtype=np.float64):
    """
    The :class:`Smoother` for these settings, made on first use and kept.

    :param window: ``"konno_ohmachi"`` or ``"log_gaussian"``.
    :param frequencies: Hz ``(nfreq,)``, ascending.
    :param center_frequencies: Hz ``(ncenter,)``, ascending.
    :param bandwidth: b of the window.
    :param dtype: float32 or float64, that of the spectra.
    :return: :class:`Smoother`

    .. rubric:: Example

    >>> f = np.linspace(0, 50, 3001)
    >>> smooth = smoother("konno_ohmachi", f, [0.5, 1.0, 2.0])
    >>> np.allclose(smooth(np.ones(3001)), 1)
    True
    """
    frequencies = np.asarray(frequencies, dtype=np.float64)
    centers = np.atleast_1d(np.asarray(center_frequencies, dtype=np.float64))
    key = (window, frequencies.tobytes(), centers.tobytes(), float(bandwidth), np.dtype(dtype).str)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = Smoother(window, frequencies, centers, bandwidth, dtype)
    with _lock:
        _cache[key] = made
        while len(_cache) > 1 and sum(s.nbytes for s in _cache.values()) > CACHE_BYTES:
            _cache.popitem(last=False)
    return made
