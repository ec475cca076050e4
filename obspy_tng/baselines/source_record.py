"""
Moved source records: the strongest control without a network
=============================================================

A record of about the requested scenario, of any enrolled station, with a warped time axis and
the band levels of the scenario and the station (:mod:`obspy_tng.methods.source_bank`). Onsets,
polarisation, dispersion, pre-event noise and coda are those of recorded ground motion. The
waveform is no more similar to the source record than records of different earthquakes are.
"""

import numpy as np

from ..methods.bank_levels import fit_bank_levels
from ..methods.source_bank import SourceBank
from ..signal import evolutionary
from ..station_generator import StationGenerator


class MovedSourceRecord(StationGenerator):
    """
    Source records of a similar scenario, warped in time, with levels of station and earthquake.

    ``fit`` and ``enroll`` do the same: every record may become a source record of any station.
    Some of the records must have a magnitude and a distance.

    :param sampling_rate: Hz.
    :param window: s.
    :param prior: :class:`~obspy_tng.groundmotion.band_levels.BandLevelModel` of another network,
        with which few records are enough; None: 12 records are needed.
    """

    name = "source record"

    def __init__(self, sampling_rate=100.0, window=60.0, prior=None):
        super().__init__(sampling_rate, window)
        self.prior = prior
        self._sources = None
        self._filters = evolutionary.FilterBank.of_window(self.npts, self.sampling_rate)

    def _encode(self, station, data, infos):
        self._sources = None
        return {"data": data.astype(np.float32),
                "levels": evolutionary.band_levels(self._filters, data)}

    def _draw(self, station, rngs, scenarios):
        if self._sources is None:
            self._sources = SourceBank(self._bank, self._filters, fit_bank_levels(
                self._bank, self._filters, self.prior))
        self._sources.fitted.check(scenarios)
        return self._sources.draw_all(station, rngs, scenarios)
