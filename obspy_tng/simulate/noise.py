"""
Noise of the ground.

Between the low and the high noise model of [Peterson1993]_; human activity adds noise, most of it
between 0.5 and 5 Hz, as at many stations of strong-motion networks.

.. [Peterson1993] Peterson, J. (1993). Observations and modeling of seismic background
   noise. USGS Open-File Report 93-322.
"""

import numpy as np

LOWEST = 0.03               # Hz, below which the models are constant
#: noise from human activity in dB, by frequency in Hz, as a share of the highest
HUMAN_FREQUENCY, HUMAN_NOISE = (0.2, 0.6, 2.0, 10.0, 40.0), (0.0, 0.9, 1.0, 0.7, 0.6)


def noise_spectrum(frequencies, level, human=0.0):
    """
    Power spectral density of ground noise.

    :param frequencies: Hz, ``(nfreq,)``.
    :param level: 0 is the low noise model of [Peterson1993]_, 1 his high one.
    :param human: dB, additional noise from human activity at 0.6 to 2 Hz; it is less elsewhere.
    :return: ``(nfreq,)``, (m/s^2)^2/Hz.
    """
    # Imported here because it brings matplotlib in.
    from obspy.signal.spectral_estimation import get_nhnm, get_nlnm

    log_f = np.log(np.clip(frequencies, LOWEST, None))
    low, high = (np.interp(log_f, -np.log(periods), decibel)
                 for periods, decibel in (get_nlnm(), get_nhnm()))
    human = human * np.interp(log_f, np.log(HUMAN_FREQUENCY), HUMAN_NOISE)
    return 10 ** (0.1 * (low + level * (high - low) + human))
