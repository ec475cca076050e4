"""
What a new waveform is made from (:mod:`~obspy_tng.signal.source_waveform`).
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Source:
    """
    The parts of a source record that a new waveform is made from.

    :param data: array ``(3, npts)``, ZNE, m/s^2.
    :param levels: band levels ``(3, bands)`` of the record.
    :param p_index: sample of the arrival of P, None where it is not known.
    :param padded: s of zeros at its end.
    :param ps_samples: samples from the onset to S, or to where most of the energy begins, after
        which a warp lengthens the record.
    """

    data: np.ndarray
    levels: np.ndarray
    p_index: int | None = None
    padded: float = 0.0
    ps_samples: float = 0.0

    @property
    def onset(self):
        """
        Sample that a warp keeps in place: P, else the first one.

        Records without a pick of P are mostly triggered ones, which begin with it. A warp that
        reached beyond their start would need motion that was not recorded.
        """
        return 0 if self.p_index is None else self.p_index


@dataclass(frozen=True)
class PreparedSource:
    """
    What is computed once of a source record, see
    :meth:`~obspy_tng.signal.source_waveform.SourceWaveforms.prepare`.

    :param source: :class:`Source`.
    :param onset: sample that a warp keeps in place.
    :param step: samples over which the speed of a warp varies.
    :param first: sample of the record at which ``fine`` begins.
    :param fine: float32 array ``(3, n)``, the record with its flank levelled, continued beyond its
        edges, and oversampled.
    :param top: complex64 array ``(3, n / OVERSAMPLING)``, its
        :func:`~obspy_tng.signal.time_warp.baseband`.
    :param energies: array ``(4, bands of repair)``, of Z, N, E, and of the product of N and E.
    """

    source: Source
    onset: int
    step: float
    first: int
    fine: np.ndarray
    top: np.ndarray
    energies: np.ndarray


@dataclass(frozen=True)
class Recipe:
    """
    What one new waveform is made from.

    :param source: :class:`PreparedSource`.
    :param source_levels: band levels ``(3, bands)`` of the source record, turned by the angle.
    :param levels: band levels ``(3, bands)`` that the new record should have.
    :param rng: ``numpy.random.Generator``.
    :param angle: rad, by which the horizontals are turned.
    :param stretch: factor of the time from P to S.
    :param onset: sample where the source record's onset should come; None: where it is.
    :param lengthen: factor of the time after S.
    :param noise: band levels ``(3, bands)`` of stationary noise to add; None: no noise.
    :param envelope: change of the window levels ``(3, 9, 9)``, see
        :class:`~obspy_tng.signal.energy_windows.EnergyWindows`; None: they stay.
    """

    source: PreparedSource
    source_levels: np.ndarray
    levels: np.ndarray
    rng: np.random.Generator
    angle: float = 0.0
    stretch: float = 1.0
    onset: int | None = None
    lengthen: float = 1.0
    noise: np.ndarray | None = None
    envelope: np.ndarray | None = None
