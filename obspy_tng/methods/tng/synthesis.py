"""From what the network decodes to a waveform."""

from dataclasses import dataclass

import numpy as np

#: exponents of decoded powers, with which an envelope gets the duration that it should have
EXPONENTS = np.geomspace(0.5, 2.0, 13)


@dataclass(frozen=True)
class Decoded:
    """
    Envelopes that the network gives for one record.

    :param power: ln power of Z, N, E, ``(3, bands, frames)``.
    :param cholesky_coefficients: ``(6, bands, frames)``, see
        :func:`obspy_tng.signal.frames.simulate_frames`.
    :param levels: ``(3, bands)``.
    :param shift: samples by which frames are turned later than the record.
    :param t05: s, when 5 % of the energy should have come.
    """

    power: np.ndarray
    cholesky_coefficients: np.ndarray
    levels: np.ndarray
    shift: int
    t05: float
