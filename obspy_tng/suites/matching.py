"""
Spectral matching: records are changed until their spectra equal the target's.

The wavelet method of [Montejo2021]_ by `reqpy-M <https://pypi.org/project/reqpy-M/>`_ (extra
``match``) multiplies both horizontals, wavelet by wavelet, by the ratio of target and RotDnn. The
remaining misfit of a few per cent is removed by smooth corrections of both Fourier amplitude
spectra, and the record is corrected to end at rest; this is repeated for a record that is still
out of tolerance. A matched record is no longer a record of an
earthquake. It is marked so, with its peak velocity, Arias intensity and duration before and after.

.. [Montejo2021] Montejo, L. A. (2021). Response spectral matching of horizontal ground motion
   components to an orientation-independent spectrum (RotDnn). Earthq. Spectra 37(2), 1127-1144.
"""

import warnings

import numpy as np
import scipy.fft
from obspy.core import AttribDict

from .._checks import positive
from ..exceptions import TNGInputError, warn
from ..records.record import record_to_array
from ..signal import end_at_rest, rotd
from ..signal.intensity import horizontal_measures
from .spectra import add_processing

#: periods per octave at which record and target are compared
PER_OCTAVE = 24
#: times that the wavelets are fitted and the spectra corrected, at most
PASSES = 3
#: corrections of the Fourier spectra, at most, and the share of the misfit that each removes
CORRECTIONS, STEP = 60, 0.4
#: measures of a matched record that are stored before and after
TOLD = ("pgv", "arias", "d5_95")


def match_record(record, target, period_range=None, tolerance=0.05, scales=120, iterations=8):
    """
    Change a record until its RotDnn equals the target's median.

    :param record: record (Stream); it is not changed.
    :param target: :class:`~obspy_tng.suites.targets.Target` of RotD50 or RotD100.
    :param period_range: ``(low, high)`` in s; None: the target's own.
    :param tolerance: largest deviation of RotDnn from the target, as a share (default 5 %).
    :param scales: number of wavelets; memory and time grow with it, and with the record.
    :param iterations: of the wavelet method.
    :return: Stream with the horizontals matched and Z times the common factor;
        ``stats.tng.matched`` has ``target``, ``period_range``, ``largest_error`` and, for
        :data:`TOLD` (horizontals together, as in :func:`~obspy_tng.suites.measures.measures`), a
        list of the values before (times the common factor) and after.
    :raises ModuleNotFoundError: without reqpy-M.
    :raises TNGInputError: for a target of another component, or periods that do not fit the
        record's sampling rate and length.

    There is a :class:`~obspy_tng.exceptions.TNGWarning` if a record remains outside of the
    tolerance; the best one is returned.
    """
    if not target.component.startswith("rotd"):
        raise TNGInputError("target.component must be 'rotd50' or 'rotd100' for matching, got "
                            f"{target.component!r}")
    tolerance = positive("tolerance", tolerance)
    low, high = period_range or (target.periods[0], target.periods[-1])
    data, rate = record_to_array(record), record[0].stats.sampling_rate
    if low < 2 / rate or high > 0.5 * data.shape[-1] / rate:
        raise TNGInputError(f"period_range must lie between {2 / rate:g} s (Nyquist frequency) and "
                            f"{0.5 * data.shape[-1] / rate:g} s (half of the record), got "
                            f"{(low, high)}")
    count = max(4, round(PER_OCTAVE * np.log2(high / low)) + 1)
    wanted = target.at(np.geomspace(low, high, count))
    factor, horizontals, error = 1.0, data[1:], np.inf
    for _ in range(PASSES):
        more, changed = _wavelets(horizontals, rate, wanted, scales, iterations)
        changed, least = _corrected(end_at_rest(changed, rate), rate, wanted, tolerance)
        if np.isinf(error):
            factor = more  # later passes begin at the level of the target
        if least < error:
            horizontals, error = changed, least
        if error <= tolerance:
            break
    if error > tolerance:
        warn(f"matched record deviates from the target by up to {100 * error:.0f} %, more "
             f"than tolerance={tolerance:g}; more scales or iterations, or a record that "
             "is more like the target, may help")
    before = horizontal_measures(factor * data, rate)
    after = horizontal_measures(np.concatenate([factor * data[:1], horizontals]), rate)
    matched = {"target": target.label, "period_range": [float(low), float(high)],
               "largest_error": float(error),
               **{key: [float(before[key]), float(after[key])] for key in TOLD}}
    return _stream(record, {"Z": factor * data[0], "N": horizontals[0], "E": horizontals[1]},
                   factor, matched)


def _wavelets(horizontals, rate, wanted, scales, iterations):
    """Common factor and the horizontals ``(2, npts)`` as reqpy-M matches them."""
    try:
        import reqpy_M
    except ModuleNotFoundError as err:
        raise ModuleNotFoundError("spectral matching needs reqpy-M: "
                                  "pip install 'obspy_tng[match]'") from err
    periods = wanted.periods
    with warnings.catch_warnings():  # it warns of ends that are off by rounding
        warnings.simplefilter("ignore")
        found = reqpy_M.generate_rotdnn_compatible_record(
            horizontals[0], horizontals[1], rate, periods, wanted.psa,
            nn=int(wanted.component.removeprefix("rotd")), T1PSA=periods[0], T2PSA=periods[-1],
            zi=wanted.damping, baseline_method="none", NS=scales, nit=iterations)
    npts = horizontals.shape[-1]
    return float(found["scale_factor"]), np.stack([found["sc1"], found["sc2"]])[:, :npts]


def _corrected(horizontals, rate, wanted, tolerance):
    """The horizontals with smooth corrections of their spectra, and what still deviates."""
    npts = horizontals.shape[-1]
    nfft = scipy.fft.next_fast_len(2 * npts, real=True)
    ln_frequency = np.log(np.maximum(np.fft.rfftfreq(nfft, 1 / rate), 0.1 / wanted.periods[-1]))
    best, least = horizontals, np.inf
    for _ in range(CORRECTIONS):
        ln_ratio = wanted.ln_mean - _ln_psa(horizontals, rate, wanted)
        error = np.abs(np.expm1(-ln_ratio)).max()
        if error < least:
            best, least = horizontals, error
        if least <= 0.8 * tolerance:
            break
        gain = STEP * np.interp(ln_frequency, -np.log(wanted.periods[::-1]), ln_ratio[::-1])
        spectrum = np.fft.rfft(horizontals, nfft) * np.exp(gain)
        horizontals = end_at_rest(np.fft.irfft(spectrum, nfft)[:, :npts], rate)
    return best, float(least)


def _ln_psa(horizontals, rate, wanted):
    """ln RotDnn of two horizontals at the target's periods."""
    percentile = int(wanted.component.removeprefix("rotd"))
    record = np.concatenate([horizontals[:1], horizontals])  # Z is not used
    _, psa = rotd(record, rate, wanted.periods, (percentile,), wanted.damping)
    return np.log(psa[percentile])


def _stream(record, samples, factor, matched):
    """The record with the matched samples, and the matching in ``stats.tng``."""
    changed = record.copy()
    for tr in changed:
        tr.data = samples[tr.stats.channel[-1]].astype(tr.data.dtype)
        tng = AttribDict(tr.stats.get("tng", {}))
        tng.scale_factor = float(tng.get("scale_factor", 1.0)) * factor
        tng.matched = matched
        tr.stats.tng = tng
        add_processing(tr, f"spectrally matched to {matched['target']!r}")
    return changed
