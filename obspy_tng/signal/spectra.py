"""
Fourier amplitude spectra.

.. [Goulet2018] Goulet, C. A., Kottke, A., Boore, D. M., Bozorgnia, Y., Hollenback, J.,
   Kishida, T. et al. (2018). Effective amplitude spectrum (EAS) as a metric for ground
   motion modeling using Fourier amplitudes. Proc. 11th NCEE, Los Angeles.
"""

import numpy as np
import scipy.fft

from .._checks import as_records, as_samples, ascending, count, positive
from .smoothing import smoother


def fas(data, sampling_rate, nfft=None):
    """
    Fourier amplitude spectrum.

    :param data: array ``(..., npts)``.
    :param sampling_rate: Hz.
    :param nfft: length of the transform in samples, >= npts (zero-padded); None for npts.
    :return: frequencies in Hz ``(nfreq,)`` and amplitudes ``(..., nfreq)`` in the unit
        of ``data`` times s (one-sided, not doubled).

    .. rubric:: Example

    >>> freqs, amp = fas(np.ones(100), 50.0)
    >>> float(amp[0])    # the integral: 100 samples of 1 at 0.02 s
    2.0
    """
    data = as_samples(data)
    sampling_rate = positive("sampling_rate", sampling_rate)
    nfft = transform_length(nfft, data.shape[-1])
    amplitude = np.abs(scipy.fft.rfft(data, nfft, axis=-1))
    amplitude /= sampling_rate
    return scipy.fft.rfftfreq(nfft, 1 / sampling_rate), amplitude


def transform_length(nfft, npts):
    """
    Length of a transform, checked.

    :param nfft: samples, or None for ``npts``.
    :param npts: samples of the data.
    :return: int
    :raises TNGInputError: if ``nfft`` would cut the data.
    """
    if nfft is None:
        return npts
    return count("nfft", nfft, least=npts)


def eas(data, sampling_rate, frequencies=None, bandwidth=188.5, nfft=None):
    """
    Effective amplitude spectrum of the horizontal components ([Goulet2018]_).

    ``sqrt((N^2 + E^2) / 2)``, which does not depend on the orientation of the
    sensor; smoothed with the Konno-Ohmachi window of that article.

    :param data: array ``(..., 3, npts)``, ZNE.
    :param sampling_rate: Hz.
    :param frequencies: Hz, where to give the smoothed spectrum; None gives the
        spectrum at the bins of the transform, not smoothed.
    :param bandwidth: b of the window; 188.5 is that of [Goulet2018]_.
    :param nfft: see :func:`fas`.
    :return: frequencies in Hz ``(nfreq,)`` and amplitudes ``(..., nfreq)`` in the unit
        of ``data`` times s.
    """
    data = as_records(data)
    bins, amplitude = fas(data[..., 1:, :], sampling_rate, nfft)
    effective = np.sqrt(0.5 * (amplitude ** 2).sum(axis=-2))
    if frequencies is None:
        return bins, effective
    frequencies = ascending("frequencies", frequencies, high=0.5 * sampling_rate)
    smooth = smoother("konno_ohmachi", bins, frequencies, bandwidth)
    return frequencies, smooth(effective)
