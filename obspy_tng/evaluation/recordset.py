"""
Records of one station with everything that is measured on them.

Each quantity is measured on first use, once per record; all
metrics, floors and plots are made from these arrays.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal as scipy_signal
from scipy.fft import rfft, rfftfreq

from .. import signal
from ..exceptions import TNGInputError
from ..records.info import info_values, record_info
from ..records.record import record_to_array
from ..signal.f0 import PAPER_BAND
from ..signal.intensity import horizontal_measures
from .quantities import STEPPED, measured
from .waveform_features import waveform_features

COMPONENT_PAIRS = ((0, 1), (0, 2), (1, 2))  # ZN, ZE, NE
# Peaks of the horizontal envelope are separate arrivals if the envelope,
# smoothed over ENVELOPE_SECONDS, falls between them by ARRIVAL_PROMINENCE of
# its maximum.
ENVELOPE_SECONDS = 2.0
ARRIVAL_PROMINENCE = 0.25
PRE_EVENT_SECONDS = 2.0


class RecordSet:
    """
    Records of one station; see the module.

    :param samples: array ``(n, 3, npts)``, ZNE, m/s^2, n > 0, or what gives such arrays
        when it is indexed with positions
        (:class:`~obspy_tng.evaluation.stored.StoredSamples`).
    :param axes: :class:`~obspy_tng.evaluation.axes.Axes`.
    :param infos: list of n dicts as from :func:`obspy_tng.records.info.record_info`.
    :param label: prefix of the identities of generated records.

    ``root`` is the set that a part was taken from (a whole set is its own),
    ``index`` says which of its records. ``identities`` names the earthquake of
    each record, where unknown the record; each generated record is its own. A whole set
    has ``measurements`` and ``measured_records`` (see :mod:`.quantities`) and ``correlations`` with
    other sets (see :mod:`.cross_correlations`).
    """

    def __init__(self, samples, axes, infos, label=""):
        self.samples = (np.asarray(samples, dtype=np.float32) if isinstance(samples, np.ndarray)
                        else samples)
        self.axes = axes
        self.root = self
        self.index = np.arange(len(infos))
        self.measurements, self.measured_records, self.correlations = {}, {}, {}
        self._infos, self._numbers = list(infos), {}
        self._identities = [f"{label}/{i}" if info.get("source") == "generated"
                            else info.get("event_id") or info.get("record_id") or f"{label}/{i}"
                            for i, info in enumerate(self._infos)]

    @classmethod
    def from_records(cls, records, axes, label="", at_rest=False):
        """
        Check records and take their samples.

        :param records: list of Streams of ``axes.sampling_rate`` and ``axes.npts``.
        :param axes: :class:`~obspy_tng.evaluation.axes.Axes`.
        :param label: see the class.
        :param at_rest: True corrects the samples so that the motion ends at rest.
        :return: RecordSet
        :raises TNGInputError: if there are none, or a Stream is not a record or
            has another rate or length.
        """
        if not records:
            raise TNGInputError(f"{label}: no records")
        data = [record_to_array(r, axes.sampling_rate, axes.npts) for r in records]
        if at_rest:
            data = [signal.end_at_rest(samples, axes.sampling_rate) for samples in data]
        return cls(np.stack(data).astype(np.float32), axes, [record_info(r) for r in records],
                   label)

    def take(self, index):
        """
        Some of the records, sharing what is measured.

        :param index: array of positions in this set.
        :return: RecordSet
        """
        part = object.__new__(RecordSet)
        part.axes, part.root = self.axes, self.root
        part.index = self.index[np.asarray(index, dtype=int)]
        return part

    def __len__(self):
        return len(self.index)

    @property
    def data(self):
        """Samples ``(n, 3, npts)``, float32, ZNE, m/s^2."""
        return self.root.samples[self.index]

    @property
    def infos(self):
        """List of dicts, what is known of each record."""
        return [self.root._infos[i] for i in self.index]

    @property
    def identities(self):
        """List of str, the earthquake of each record."""
        return [self.root._identities[i] for i in self.index]

    def name_earthquakes(self, identities):
        """Give the records of a whole set other identities."""
        self._identities = list(identities)

    def release(self):
        """Release what can be read again from files."""
        for held in (self.root.measurements, *self.root.correlations.values()):
            if hasattr(held, "release"):
                held.release()

    def info(self, key):
        """
        A field of the records' infos.

        :param key: e.g. ``"magnitude"``.
        :return: float array; NaN where not known.
        """
        root = self.root
        if key not in root._numbers:
            root._numbers[key] = info_values(root._infos, key)
        return root._numbers[key][self.index]

    # -- quantities; each is computed on a chunk (n, 3, npts) -------------------

    @measured
    def hvsr(self, data):
        """ln HVSR on ``axes.frequencies``, geometric mean of horizontals, Konno-Ohmachi b = 40."""
        _, amplitude = signal.hvsr(data, self.axes.sampling_rate,
                                   center_frequencies=self.axes.frequencies)
        return np.log(amplitude)

    @property
    def f0(self):
        """
        Frequency of the highest HVSR value in the band, Hz, for every record.

        A distribution needs a value of each record, so that no peak is rejected here.
        """
        if "f0" not in self.root.measurements:
            self.root.measurements["f0"] = self.axes.frequencies[np.argmax(self.root.hvsr, axis=-1)]
        return self.root.measurements["f0"][self.index]

    @measured
    def f0_paper(self, data):
        """
        f0 in Hz as published: paper mode of :func:`obspy_tng.signal.hvsr`, 1 to 20 Hz.

        At every eighth or so of the published frequencies, 0.02 Hz apart: bins
        are 0.95 Hz wide, and all frequencies would cost more than all else together.
        NaN for records of 40 Hz and less, which have no such band.
        """
        if self.axes.sampling_rate <= 2 * PAPER_BAND[1]:
            return np.full(len(data), np.nan)
        freqs, amplitude = signal.hvsr(data, self.axes.sampling_rate, mode="paper",
                                       center_frequencies=np.arange(*PAPER_BAND, 0.02))
        return freqs[np.argmax(amplitude, axis=-1)]

    @measured
    def intensity(self, data):
        """
        ln of intensity measures of the horizontals, SI units.

        See :func:`~obspy_tng.signal.intensity.horizontal_measures`. PGV and PGD are of the
        motion above ``axes.freqmin``, so that drift does not dominate them; :attr:`motion_at_end`
        measures drift.
        """
        rate = self.axes.sampling_rate
        values = horizontal_measures(data, rate, self.axes.freqmin)
        # one sample is added to the durations, so that none is zero
        return {key: np.log(value + (1 / rate if key.startswith("d5") else 0))
                for key, value in values.items()}

    @measured
    def rotd(self, data):
        """ln RotD50 and RotD100 pseudo-acceleration (m/s^2, 5 %) at ``axes.periods``."""
        _, spectra = signal.rotd(data, self.axes.sampling_rate, periods=self.axes.periods)
        return {f"rotd{percentile}": np.log(psa) for percentile, psa in spectra.items()}

    @property
    def rotd50(self):
        """ln RotD50 pseudo-acceleration (m/s^2, 5 % damping) at ``axes.periods``."""
        return self.rotd["rotd50"]

    @property
    def rotd_ratio(self):
        """ln of RotD100 over RotD50 at ``axes.periods``."""
        return self.rotd["rotd100"] - self.rotd["rotd50"]

    @measured(size=STEPPED)
    def inelastic(self, data):
        """
        ln of the inelastic over the elastic displacement at ``axes.inelastic_periods``.

        Bilinear oscillators that yield at a quarter of the elastic force, mean of N and E; see
        :mod:`obspy_tng.signal.inelastic`.
        """
        _, ratio = signal.inelastic_ratio(data[:, 1:], self.axes.sampling_rate,
                                          self.axes.inelastic_periods)
        return np.log(ratio).mean(1)

    @measured
    def eas(self, data):
        """ln effective amplitude spectrum (m/s) at ``axes.frequencies``, Konno-Ohmachi b = 40."""
        freqs, north = signal.fas(data[:, 1], self.axes.sampling_rate)
        _, east = signal.fas(data[:, 2], self.axes.sampling_rate)
        smooth = signal.smoother("konno_ohmachi", freqs, self.axes.frequencies)
        return 0.5 * np.log(smooth((north**2 + east**2) / 2))

    @measured(for_some=True)
    def waveform(self, data):
        """Features by group, ``(n, features)``; :mod:`obspy_tng.evaluation.waveform_features`."""
        return waveform_features(data, self.axes.bands)

    @measured
    def correlation(self, data):
        """Correlation coefficients between the components ZN, ZE, NE."""
        unit = data - data.mean(-1, keepdims=True)
        unit /= np.linalg.norm(unit, axis=-1, keepdims=True)
        return np.stack([(unit[:, i] * unit[:, j]).sum(-1) for i, j in COMPONENT_PAIRS], -1)

    @measured
    def coherence(self, data):
        """
        Magnitude-squared coherence between ZN, ZE, NE in third octaves, ``(n, 3, nbands)``.

        Welch segments of an eighth of the record, half overlapping.
        """
        nperseg = self.axes.npts // 8
        segments = sliding_window_view(data, nperseg, axis=-1)[..., ::nperseg - nperseg // 2, :]
        segments = segments - segments.mean(-1, keepdims=True)
        segments *= scipy_signal.windows.hann(nperseg, sym=False)
        spectra = rfft(segments)
        freqs = rfftfreq(nperseg, 1 / self.axes.sampling_rate)
        power = (spectra.real ** 2 + spectra.imag ** 2).mean(-2)
        coherence = np.stack([np.square(np.abs((spectra[:, i].conj() * spectra[:, j]).mean(-2)))
                              / (power[:, i] * power[:, j]) for i, j in COMPONENT_PAIRS], axis=1)
        edges = self.axes.freqmin * 2.0 ** np.arange(
            0, np.log2(self.axes.freqmax / self.axes.freqmin), 1 / 3)
        bands = np.digitize(freqs, edges)
        used = [k for k in range(1, len(edges)) if (bands == k).any()]
        return np.stack([coherence[..., bands == k].mean(-1) for k in used], -1)

    @measured
    def husid(self, data):
        """Normalised Husid curve of both horizontals at ``axes.times``."""
        energy = np.cumsum((data[:, 1:] ** 2).sum(1), axis=-1)
        at = np.round(self.axes.times * self.axes.sampling_rate).astype(int) - 1
        return energy[:, at] / energy[:, -1:]

    @measured
    def arrivals(self, data):
        """Number of separate arrivals in the horizontal envelope."""
        width = max(1, round(ENVELOPE_SECONDS * self.axes.sampling_rate))
        window = scipy_signal.windows.hann(width + 2)[1:-1]
        energy = (data[:, 1:] ** 2).sum(1)
        envelope = np.sqrt(np.abs(scipy_signal.fftconvolve(
            energy, window[None] / window.sum(), mode="same", axes=-1)))
        return np.array([_count_peaks(e) for e in envelope], dtype=float)

    @measured
    def motion_at_end(self, data):
        """Final velocity over PGV and final displacement over PGD, largest of the components."""
        velocity = signal.integrate(data, self.axes.sampling_rate)
        displacement = signal.integrate(velocity, self.axes.sampling_rate)
        return {name: (np.abs(x[..., -1]) / np.abs(x).max(-1)).max(-1)
                for name, x in (("velocity", velocity), ("displacement", displacement))}

    @measured
    def above_corner(self, data):
        """ln share of the energy above ``axes.freqmax``, all components together."""
        freqs, amplitude = signal.fas(data, self.axes.sampling_rate)
        power = (amplitude**2).sum(1)
        share = power[:, freqs > self.axes.freqmax].sum(-1) / power.sum(-1)
        return np.log(share + 1e-12)  # 1e-12: far below the noise of any digitiser

    @measured
    def pre_event(self, data):
        """ln rms of the first two seconds over the rms of the 5-95 % part, all components."""
        power = (data**2).mean(1)
        energy = np.cumsum(power, axis=-1) / power.sum(-1, keepdims=True)
        strong = (energy >= 0.05) & (energy <= 0.95)
        level = (power * strong).sum(-1) / strong.sum(-1)
        first = power[:, :round(PRE_EVENT_SECONDS * self.axes.sampling_rate)].mean(-1)
        return 0.5 * np.log((first + 1e-16 * level) / level)


def _count_peaks(envelope):
    peaks, _ = scipy_signal.find_peaks(np.concatenate([[0.0], envelope, [0.0]]),
                                       prominence=ARRIVAL_PROMINENCE * envelope.max())
    return len(peaks)
