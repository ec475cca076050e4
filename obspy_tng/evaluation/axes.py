"""Rate, length, frequencies and periods that all records of an evaluation share."""

from dataclasses import dataclass

import numpy as np

from ..exceptions import TNGInputError
from ..records.info import record_info
from .waveform_features import Bands

HUSID_POINTS = 200


@dataclass(frozen=True)
class Axes:
    """
    Axes that all records of an evaluation share.

    :param sampling_rate: Hz.
    :param npts: samples of a record.
    :param freqmin: Hz, lowest frequency that is compared.
    :param freqmax: Hz, highest frequency that is compared.
    :param nfrequencies: log-spaced frequencies for HVSR and Fourier spectra.
    :param nperiods: log-spaced periods for response spectra.
    """

    sampling_rate: float
    npts: int
    freqmin: float
    freqmax: float
    nfrequencies: int = 200
    nperiods: int = 20

    @classmethod
    def of_records(cls, records, freqmin=None, freqmax=None):
        """
        Axes that suit some records.

        :param records: list of Streams, all of one rate and length.
        :param freqmin: Hz; None: the records' high-pass corner (median of
            ``stats.tng.freqmin``), at least ten periods per window [SESAME2004]_.
        :param freqmax: Hz; None: the records' low-pass corner, at most 0.8 Nyquist.
        :return: Axes
        :raises TNGInputError: if the band is empty or there are no records.
        """
        if not records:
            raise TNGInputError("real has no records")
        stats = records[0][0].stats
        return cls.of_infos([record_info(r) for r in records], stats.sampling_rate, stats.npts,
                            freqmin, freqmax)

    @classmethod
    def of_infos(cls, infos, sampling_rate, npts, freqmin=None, freqmax=None):
        """
        Axes that suit records of which all but the samples is known.

        :param infos: list of dicts from :func:`obspy_tng.records.info.record_info`.
        :param sampling_rate: Hz.
        :param npts: samples of a record.
        :param freqmin: see :meth:`of_records`.
        :param freqmax: likewise.
        :return: Axes
        :raises TNGInputError: if the band is empty.
        """
        window, nyquist = npts / sampling_rate, sampling_rate / 2
        low = [i["freqmin"] for i in infos if i["freqmin"]]
        high = [i["freqmax"] for i in infos if i["freqmax"]]
        if freqmin is None:
            freqmin = max(10 / window, float(np.median(low)) if low else 0.0)
        if freqmax is None:
            freqmax = min(0.8 * nyquist, float(np.median(high)) if high else np.inf)
        if not 0 < freqmin < freqmax / 2 <= nyquist / 2:
            raise TNGInputError("freqmin and freqmax must span at least an octave below the "
                                f"Nyquist frequency of {nyquist:g} Hz, "
                                f"got {freqmin!r}, {freqmax!r}")
        return cls(float(sampling_rate), int(npts), float(freqmin), float(freqmax))

    @property
    def window(self):
        """Length of a record in s."""
        return self.npts / self.sampling_rate

    @property
    def bands(self):
        """:class:`~obspy_tng.evaluation.waveform_features.Bands` of the features of waveforms."""
        return Bands.between(self.freqmin, self.freqmax, self.sampling_rate)

    @property
    def frequencies(self):
        """Log-spaced frequencies in Hz, ``(nfrequencies,)``."""
        return np.geomspace(self.freqmin, self.freqmax, self.nfrequencies)

    @property
    def periods(self):
        """Log-spaced periods in s, ``(nperiods,)``, within 0.05 to 10 s and the band."""
        return np.geomspace(max(0.05, 1 / self.freqmax), min(10.0, 0.8 / self.freqmin),
                            self.nperiods)

    @property
    def inelastic_periods(self):
        """Log-spaced periods in s of the inelastic oscillators, ``(3,)``, within those above."""
        periods = self.periods
        low = min(max(0.5, periods[0], 8 / self.sampling_rate), periods[-1] / 2)
        return np.geomspace(low, min(3.0, periods[-1]), 3)

    @property
    def times(self):
        """Times of the Husid curves in s from the start of the record."""
        return np.linspace(0, self.window, HUSID_POINTS + 1)[1:]
