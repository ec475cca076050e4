"""From decoded envelopes to a waveform."""

from dataclasses import dataclass

import numpy as np

from ...groundmotion.durations import NOISE_MEAN
from ...signal import frames
from ...signal.evolutionary import FilterBank, finish_record
from ...signal.intensity import time_of_energy

#: exponents of decoded powers; the exponent determines the duration of an envelope
EXPONENTS = np.geomspace(0.5, 2.0, 13)


@dataclass(frozen=True)
class Decoded:
    """
    Decoded envelopes of one record.

    :param power: ln power of Z, N, E, ``(3, bands, frames)``.
    :param cholesky_coefficients: ``(6, bands, frames)``, see
        :func:`obspy_tng.signal.frames.simulate_frames`.
    :param levels: ``(3, bands)``.
    :param shift: circular shift of the frames relative to the record, samples.
    :param t05: s, intended t05.
    """

    power: np.ndarray
    cholesky_coefficients: np.ndarray
    levels: np.ndarray
    shift: int
    t05: float


@dataclass(frozen=True)
class Synthesis:
    """
    Waveforms from decoded envelopes.

    :param filters: :class:`~obspy_tng.signal.evolutionary.FilterBank`.
    :param frames: number of frames of an envelope.
    """

    filters: FilterBank
    frames: int

    def realize(self, decoded, duration, rng):
        """
        A record with given envelopes.

        :param decoded: :class:`Decoded`.
        :param duration: intended ln duration, see
            :func:`~obspy_tng.groundmotion.durations.ln_duration`.
        :param rng: ``numpy.random.Generator`` of the waveform.
        :return: array ``(3, npts)``.
        """
        # duration decreases with the exponent; where it does not, take the first that suffices
        shortest = np.minimum.accumulate([self.duration(decoded, e) for e in EXPONENTS])
        power = decoded.power * np.interp(NOISE_MEAN - duration, -shortest, EXPONENTS)
        shift = decoded.shift + self._early(power, decoded)
        wave = frames.simulate_frames(self.filters, power, decoded.cholesky_coefficients, rng,
                                      shift)
        return finish_record(self.filters, wave, decoded.levels)

    def duration(self, decoded, exponent=1.0):
        """
        Duration of the horizontals' envelopes.

        :param decoded: :class:`Decoded`.
        :param exponent: of the powers.
        :return: float, mean ln of D5-75 and D5-95 in s.
        """
        at, per_frame = self._inside(decoded.shift)
        shape = np.exp(exponent * decoded.power[1:, :, np.round(at).astype(int) % self.frames])
        weight = np.exp(decoded.levels - decoded.levels.max())[1:]
        energy = np.einsum("cb,cbt->t", weight / shape.mean(-1), shape)
        start, *ends = (time_of_energy(energy, share) for share in (0.05, 0.75, 0.95))
        return (np.mean(np.log(np.subtract(ends, start)))
                + np.log(per_frame / self.filters.sampling_rate))

    def _inside(self, shift):
        """Frames of a record, in order (fractions), and samples per frame."""
        per_frame = self.filters.nfft / self.frames
        at = np.arange(int(self.filters.npts / per_frame)) + shift / per_frame
        return at % self.frames, per_frame

    def _early(self, power, decoded):
        """Samples by which t05 is too early (due to a blurred rise)."""
        at, per_frame = self._inside(decoded.shift)
        energy = np.einsum("cb,cbt->t", np.exp(decoded.levels - decoded.levels.max()),
                           np.exp(power))
        here = time_of_energy(np.interp(at, np.arange(len(energy)), energy, period=len(energy)))
        return round(here * per_frame - decoded.t05 * self.filters.sampling_rate)
