"""
Wavelet packets: a record as frames of equally wide bands, exactly.

Splitting a series into a low and a high half, and each half again, L times, gives 2^L bands of
equal width, each with one coefficient in 2^L samples [Coifman_Wickerhauser1992]_. With an
orthogonal filter and periodic continuation the transform is an orthogonal matrix: as many
coefficients as samples, the same energy, and an exact inverse. The filters are the least
asymmetric ones of Daubechies with eight vanishing moments [Daubechies1992]_: with them the
coefficients of all bands of a frame are of the same time, to two frames. With the extremal-phase
filters an arrival would be many frames earlier in some bands than in others.

* :func:`packets` - samples to coefficients; :func:`from_packets` - back.

.. [Coifman_Wickerhauser1992] Coifman, R. R. and Wickerhauser, M. V. (1992). Entropy-based
   algorithms for best basis selection. IEEE Trans. Inf. Theory 38(2), 713-718.
.. [Daubechies1992] Daubechies, I. (1992). Ten lectures on wavelets, chapters 6.4 and 8.1. SIAM.
"""

import functools
import itertools
import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..exceptions import TNGInputError

#: vanishing moments of the wavelet
MOMENTS = 8


@functools.cache
def least_asymmetric_filter(moments=MOMENTS):
    """
    Low-pass filter of the least asymmetric orthogonal wavelet.

    The zeros of the half-band polynomial come in pairs, from each of which the filter takes one.
    All choices have the same amplitude response; the one whose phase is nearest to linear is taken.

    :param moments: number of vanishing moments, 1 to 10.
    :return: array ``(2 moments,)``, sum ``sqrt(2)``, energy 1.
    :raises TNGInputError: for another number of moments.

    .. rubric:: Example

    >>> h = least_asymmetric_filter(1)
    >>> bool(np.allclose(h, [2**-0.5, 2**-0.5]))
    True
    """
    if not 1 <= moments <= 10:
        raise TNGInputError(f"moments must be between 1 and 10, got {moments!r}")
    halves = [math.comb(moments - 1 + k, k) for k in range(moments)][::-1]
    inside = []
    for y in np.roots(halves):
        pair = np.roots([1, 4 * y - 2, 1])
        inside.append(pair[np.argmin(np.abs(pair))])
    upper = [z for z in inside if z.imag > 1e-9]
    single = [z for z in inside if abs(z.imag) <= 1e-9]
    best, least = np.ones(1), np.inf
    for powers in itertools.product((1, -1), repeat=len(upper) + len(single)):
        chosen = [z**p for z, p in zip(upper + single, powers, strict=True)]
        zeros = chosen + [z.conjugate() for z in chosen[:len(upper)]]
        candidate = np.real(np.poly([-1] * moments + zeros))
        candidate *= math.sqrt(2) / candidate.sum()
        off = _phase_error(candidate)
        if off < least:
            best, least = candidate, off
    return best


def _phase_error(taps):
    """Energy-weighted departure of the phase from a line through zero frequency."""
    response = np.fft.fft(taps, 256)[:128]
    phase, weight = np.unwrap(np.angle(response)), np.square(np.abs(response))
    x = np.arange(128)
    slope = (weight * x) @ phase / ((weight * x) @ x)
    return float(weight @ np.square(phase - slope * x))


@functools.cache
def _filters():
    """Low-pass and high-pass taps as columns ``(taps, 2)``, and the delay of both in samples."""
    low = least_asymmetric_filter()
    signs = (-1.0) ** np.arange(len(low))
    return np.stack([low, signs * low[::-1]], axis=1), len(low) // 2 - 1


def packets(data, level):
    """
    Wavelet packets of series.

    :param data: array ``(..., npts)``, npts divisible by ``2**level``.
    :param level: number of splits; 4 gives 16 bands.
    :return: array ``(..., 2**level, npts / 2**level)``, bands in order of frequency; coefficient k
        is of about sample ``(k + 0.5) * 2**level``.
    :raises TNGInputError: if npts cannot be split so often.

    .. rubric:: Example

    >>> x = np.random.default_rng(0).standard_normal((3, 160))
    >>> c = packets(x, 4)
    >>> c.shape, bool(np.allclose(from_packets(c), x))
    ((3, 16, 10), True)
    """
    data = np.asarray(data)
    npts = data.shape[-1]
    if npts % 2**level or not npts:
        raise TNGInputError(f"npts must be a multiple of {2**level} for {level} splits, got {npts}")
    taps, delay = _filters()
    taps = taps.astype(np.result_type(data.dtype, np.float32))
    nodes = data[..., None, :]
    for _ in range(level):
        first = np.roll(nodes, delay, axis=-1)
        more = np.take(first, np.arange(len(taps) - 2) % first.shape[-1], axis=-1)
        windows = sliding_window_view(np.concatenate([first, more], -1), len(taps), axis=-1)
        both = np.moveaxis(windows[..., ::2, :] @ taps, -1, -2)  # (..., nodes, 2, half)
        both[..., 1::2, :, :] = both[..., 1::2, ::-1, :]  # the high half is mirrored in frequency
        nodes = both.reshape(*data.shape[:-1], -1, both.shape[-1])
    return nodes


def from_packets(coefficients):
    """
    Series of wavelet packets, the inverse of :func:`packets`.

    :param coefficients: array ``(..., 2**level, n)``.
    :return: array ``(..., 2**level * n)``.
    """
    nodes = np.asarray(coefficients)
    taps, delay = _filters()
    taps = taps.astype(np.result_type(nodes.dtype, np.float32))
    while nodes.shape[-2] > 1:
        both = nodes.reshape(*nodes.shape[:-2], -1, 2, nodes.shape[-1]).copy()
        both[..., 1::2, :, :] = both[..., 1::2, ::-1, :]
        npts = 2 * nodes.shape[-1]
        parts = np.moveaxis(both, -2, -1) @ taps.T  # (..., nodes, half, taps)
        out = np.zeros((*both.shape[:-2], npts), parts.dtype)
        for pair in range(0, len(taps), 2):
            pairs = parts[..., pair:pair + 2].reshape(*out.shape)
            out += np.roll(pairs, pair, axis=-1)
        nodes = np.roll(out, -delay, axis=-1)
    return nodes[..., 0, :]
