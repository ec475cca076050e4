"""
Filters that change a spectrum without energy before arrivals.

A zero-phase filter puts energy before an arrival as well as after it, which is conspicuous in the
quiet part before P. The minimum-phase filter with the same gains is causal and has the fastest
energy build-up of all causal filters [Oppenheim_Schafer2010]_.

.. [Oppenheim_Schafer2010] Oppenheim, A. V. and Schafer, R. W. (2010). Discrete-time signal
   processing, 3rd ed., chapter 13 (the cepstrum and minimum phase). Pearson.
"""

import numpy as np
from scipy.fft import irfft, rfft


def minimum_phase(ln_gain, nfft):
    """
    Response of the minimum-phase filter of some gains.

    Its phase is minus the Hilbert transform of the ln gain, computed with the cepstrum.

    :param ln_gain: array ``(..., nfft // 2 + 1)``, ln of the gain at the bins of a real
        transform.
    :param nfft: samples of that transform, even.
    :return: complex array, the shape of ``ln_gain``.

    .. rubric:: Example

    One pole is minimum phase itself:

    >>> pole = 1 / (1 - 0.9 * np.exp(-2j * np.pi * np.arange(513) / 1024))
    >>> bool(np.allclose(minimum_phase(np.log(np.abs(pole)), 1024), pole))
    True
    """
    cepstrum = irfft(ln_gain, nfft)
    cepstrum[..., 1:nfft // 2] *= 2
    cepstrum[..., nfft // 2 + 1:] = 0
    spectrum = rfft(cepstrum, nfft)
    # the exponential of complex numbers is several times slower than its parts
    gain = np.exp(spectrum.real)
    response = np.empty_like(spectrum)
    np.multiply(gain, np.cos(spectrum.imag), out=response.real)
    np.multiply(gain, np.sin(spectrum.imag), out=response.imag)
    return response


def lines_between(frequencies, at):
    """
    Weights of a linear interpolation in ln f.

    :param frequencies: ascending array ``(n,)``, Hz.
    :param at: array ``(bins,)``, Hz; beyond the ends values are constant.
    :return: array ``(n, bins)``, whose columns sum to one.
    """
    place = np.interp(np.log(np.maximum(at, frequencies[0])), np.log(frequencies),
                      np.arange(len(frequencies)))
    return np.maximum(0, 1 - np.abs(place - np.arange(len(frequencies))[:, None]))
