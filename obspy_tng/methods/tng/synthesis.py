"""From decoded envelopes to a waveform."""

from dataclasses import dataclass

import numpy as np

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
