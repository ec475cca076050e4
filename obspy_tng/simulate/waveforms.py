"""
One record: the waves of one earthquake at one station.

The ground under the station filters each wave (:mod:`~obspy_tng.simulate.column`), and the
recorder filters their sum. Which waves there are is in :mod:`~obspy_tng.simulate.path`.

* :func:`synthesize` - one record.
"""

import numpy as np
from scipy.fft import irfft

from .arrivals import surface_motion
from .diffuse import diffuse_motion
from .path import Path, handover

# Scatter from record to record, in ln, smooth over about an octave in frequency: that of all
# components together, that of each component, and that of the noise.
PATH_SCATTER, COMPONENT_SCATTER, NOISE_SCATTER = 0.30, 0.05, 0.9
#: an old recorder starts when the vertical exceeds so many of its steps
TRIGGER_STEPS = 3
RISE = 0.05                 # s before P, length of the ramp that removes what precedes P


def synthesize(earthquake, site, crust, response, geometry, rng, pre_event=5.0, variability=1.0,
               long_waves=None):
    """
    One record.

    :param earthquake: :class:`~obspy_tng.simulate.scenario.Earthquake`.
    :param site: :class:`~obspy_tng.simulate.scenario.SimulatedSite`.
    :param crust: :class:`~obspy_tng.simulate.crust.Crust`.
    :param response: :class:`~obspy_tng.simulate.column.SiteResponse` of the site.
    :param geometry: epicentral distance in km, azimuth from epicentre to station and
        azimuth of propagation at the station, both in degrees from north.
    :param rng: ``numpy.random.Generator`` of this record.
    :param pre_event: s from the first sample to the P wave's arrival at the rock, or to the
        trigger of an old recorder.
    :param variability: factor of the scatter from record to record.
    :param long_waves: :class:`~obspy_tng.simulate.path.LongWaves`; None uses rays at all
        frequencies.
    :return: array ``(3, npts)``, ZNE, m/s^2, float32; and a dict with ``start`` (s after the
        origin time), ``p_index`` and ``s_index``, negative where an old recorder started later,
        and ``energy_kept`` (share of the Arias intensity within the record).
    """
    path = Path(earthquake, site, crust, response, geometry, rng, pre_event, variability)
    rate = response.sampling_rate
    p_index, s_index = (round(path.onset(wave) * rate) for wave in "PS")
    spectrum = path.direct_waves()
    if long_waves is not None:
        spectrum *= handover(response.frequencies)
    arrivals, power = path.scattered_waves()
    spectrum += path.wave_form("S") * (
        surface_motion(arrivals, response, path.variant)
        + diffuse_motion(rng, power, s_index, response, path.variant))
    spectrum *= -(2 * np.pi * response.frequencies) ** 2
    if long_waves is not None:
        spectrum += path.complete_field(long_waves)
    spectrum *= response.recorder * _scatter(response.knots, rng, variability)
    spectrum = _to_zne(spectrum, np.radians(geometry[2]))
    if response.coupling is not None:
        spectrum = np.einsum("ijf,jf->if", response.coupling, spectrum)
    motion = irfft(spectrum, response.nfft, axis=-1)
    motion *= rate
    # Zero-phase filters spread to earlier times, but nothing arrives before P.
    rise = max(round(RISE * rate), 1)
    motion[:, :max(p_index - rise, 0)] = 0
    ramp = slice(max(p_index - rise, 0), p_index)
    motion[:, ramp] *= np.linspace(0, 1, max(p_index - ramp.start, 0))
    energy = np.sum(motion ** 2, axis=0)
    first = _trigger(motion, site, response, round(pre_event * rate)) if site.old else 0
    kept = slice(first, first + response.npts)
    data = motion[:, kept] + _noise(response, rng, variability)
    data = np.rint(data / site.step) * site.step
    return data.astype(np.float32), {
        "p_index": p_index - first, "s_index": s_index - first,
        "start": path.start + first / rate,
        "energy_kept": float(energy[kept].sum() / energy.sum())}


def _trigger(motion, site, response, memory):
    """First sample of a recorder that starts when the vertical is strong, ``memory`` earlier."""
    strong = np.abs(motion[0]) >= TRIGGER_STEPS * site.step
    last = motion.shape[1] - response.npts
    return int(np.clip(np.argmax(strong) - memory, 0, last)) if strong.any() else 0


def _to_zne(spectrum, azimuth):
    """Up, radial, transverse to Z, N, E; the radial points along ``azimuth``."""
    cos, sin = np.cos(azimuth), np.sin(azimuth)
    return np.stack([spectrum[0], cos * spectrum[1] - sin * spectrum[2],
                     sin * spectrum[1] + cos * spectrum[2]])


def _scatter(knots, rng, variability):
    """Smooth factor ``(3, nfreq)`` of this record's spectra."""
    common, own = rng.standard_normal((1, len(knots))), rng.standard_normal((3, len(knots)))
    weights = variability * (PATH_SCATTER * common + COMPONENT_SCATTER * own)
    return np.exp(weights.astype(np.float32) @ knots)


def _noise(response, rng, variability):
    """Stationary noise ``(3, npts)`` of the ground and the recorder."""
    level = np.float32(np.sqrt(0.5) * np.exp(variability * NOISE_SCATTER * rng.standard_normal()))
    parts = rng.standard_normal((2, *response.noise.shape), dtype=np.float32)
    return irfft((parts[0] + 1j * parts[1]) * (response.noise * level), response.npts)
