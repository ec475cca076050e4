"""
Signal processing for site effects and strong motion, on plain arrays
=====================================================================

NumPy and SciPy only, batched: every function works on the last axis (time or
frequency) of arrays with any leading axes, and a batch gives what its items
give. Three-component arrays are ``(..., 3, npts)`` in Z, N, E order. Rates and
frequencies are in Hz, times in s, acceleration in m/s^2. Arguments are never
changed. For Streams see :func:`obspy_tng.hvsr` and :func:`obspy_tng.pick_f0`.

==================================  ============================================
what                                where
==================================  ============================================
filter, taper, resample             :mod:`~obspy_tng.signal.processing`
integrate, end at rest              :mod:`~obspy_tng.signal.integration`
Fourier amplitude spectra, EAS      :mod:`~obspy_tng.signal.spectra`
Konno-Ohmachi smoothing             :mod:`~obspy_tng.signal.smoothing`
HVSR                                :mod:`~obspy_tng.signal.spectral_ratio`
f0, window rejection                :mod:`~obspy_tng.signal.f0`
SESAME criteria                     :mod:`~obspy_tng.signal.sesame`
PGA, Arias intensity, durations     :mod:`~obspy_tng.signal.intensity`
PSA, RotD50, RotD100                :mod:`~obspy_tng.signal.response`
ratio of RotD100 to RotD50          :mod:`~obspy_tng.signal.directionality`
inelastic response                  :mod:`~obspy_tng.signal.inelastic`
evolutionary cross-spectrum         :mod:`~obspy_tng.signal.evolutionary`
the same on frames, for networks    :mod:`~obspy_tng.signal.frames`
a waveform from a source record     :mod:`~obspy_tng.signal.source_waveform`
its time axis, filter, edges        :mod:`~obspy_tng.signal.time_warp`,
                                    :mod:`~obspy_tng.signal.minimum_phase`,
                                    :mod:`~obspy_tng.signal.record_edges`
pools of threads that compute       :mod:`~obspy_tng.signal.threads`
==================================  ============================================

.. rubric:: Example

From acceleration to the site frequency:

>>> import numpy as np
>>> from obspy_tng import signal
>>> acc = np.random.default_rng(0).standard_normal((20, 3, 6000))    # 20 records
>>> acc[:, 1:] += 8 * signal.bandpass(acc[:, 1:], 100.0, 1.1, 1.3)   # a soft site
>>> freqs, amp = signal.hvsr(acc, 100.0)
>>> amp.shape
(20, 400)
>>> pick = signal.pick_f0(freqs, np.exp(np.log(amp).mean(axis=0)))
>>> round(float(pick.f0), 1)
1.2
"""

from .directionality import rotd100_over_rotd50
from .f0 import F0Pick, lognormal_f0, pick_f0, reject_windows
from .inelastic import inelastic_ratio
from .integration import end_at_rest, integrate
from .intensity import (
    arias,
    cav,
    ground_motion,
    horizontal_measures,
    intensity_measures,
    mean_period,
    pga,
    pgd,
    pgv,
    significant_duration,
)
from .processing import bandpass, detrend, resample, taper
from .response import response_spectra, rotd
from .sesame import sesame_criteria
from .smoothing import konno_ohmachi_weights, log_gaussian_weights, smoother
from .spectra import eas, fas
from .spectral_ratio import default_center_frequencies, hvsr

__all__ = [
    "F0Pick", "arias", "bandpass", "cav", "default_center_frequencies", "detrend", "eas",
    "end_at_rest", "fas", "ground_motion", "horizontal_measures", "hvsr", "inelastic_ratio",
    "integrate", "intensity_measures", "konno_ohmachi_weights", "log_gaussian_weights",
    "lognormal_f0", "mean_period", "pga", "pgd", "pgv", "pick_f0", "reject_windows",
    "resample", "response_spectra", "rotd", "rotd100_over_rotd50", "sesame_criteria",
    "significant_duration", "smoother", "taper",
]
