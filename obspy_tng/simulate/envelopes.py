"""
Envelopes in time of the wave trains of one record.

Windows are those of [SaragoniHart1974]_ as [Boore2003]_ uses them: the motion reaches
its peak soon after the onset and is down to 5 % at twice the duration.
Every envelope has a sum of squares of one, so that white noise under it has an
expected squared spectrum of one.
"""

import numpy as np

DECAYED = 0.05              # level of a window at twice its duration [Boore2003]
ROUGHNESS, ROUGHNESS_TIME = 0.3, 0.6        # in ln; s


class Envelopes:
    """
    The envelopes of one record, each an array ``(nfft,)`` on request.

    :param earthquake: :class:`~obspy_tng.simulate.scenario.Earthquake`.
    :param ray: its path, with ``time``, ``corner`` and ``path_duration``.
    :param response: :class:`~obspy_tng.simulate.waveforms.SiteResponse`, for the samples.
    :param start: s, added to times after the origin to get times in the record.
    :param rng: ``numpy.random.Generator`` of the record.
    :param variability: factor of the scatter from record to record.
    """

    def __init__(self, earthquake, ray, response, start, rng, variability):
        self.rate, self.npts, self.start = response.sampling_rate, response.nfft, start
        self.earthquake, self.ray = earthquake, ray
        # Near records begin with their peak, far ones build up.
        peak = np.interp(ray.distance, [30e3, 250e3], [0.12, 0.35])
        self.peak = np.clip(peak * np.exp(variability * 0.4 * rng.standard_normal()), 0.04, 0.6)
        direct = np.interp(ray.distance, [30e3, 250e3], [0.45, 0.27])
        self.direct = direct + variability * rng.uniform(-0.25, 0.25)
        self.coda_share = 0.3 * np.exp(variability * 0.5 * rng.standard_normal())
        self.coda_decay = 0.025 * np.exp(variability * 0.4 * rng.standard_normal())
        # Bursts and gaps that all waves of the record share, as scatterers make them.
        coarse = np.arange(0, self.npts / self.rate + ROUGHNESS_TIME, ROUGHNESS_TIME)
        self.roughness = np.exp(variability * ROUGHNESS * np.interp(
            np.arange(self.npts) / self.rate, coarse, rng.standard_normal(len(coarse))))

    def p(self):
        """P: each subevent, and a tail that lasts until S."""
        energy = np.zeros(self.npts)
        onset = self.start + self.ray.time["P"]
        rupture = 1 / self.ray.corner["P"]
        for delay, weight in self.earthquake.subevents:
            self._add(energy, onset + delay * rupture, 0.8 * weight,
                      rupture * weight + 0.6 * self.ray.path_duration)
        self._add(energy, onset, 0.2, 1.0 + self.ray.time["S"] - self.ray.time["P"])
        return self._finish(energy)

    def s(self):
        """S: each subevent has a short direct part and one spread out by the path."""
        energy = np.zeros(self.npts)
        onset = self.start + self.ray.time["S"]
        rupture = 1 / self.ray.corner["S"]
        for delay, weight in self.earthquake.subevents:
            begin, own = onset + delay * rupture, 0.2 + rupture * weight
            self._add(energy, begin, self.direct * weight, own + 0.15 * self.ray.path_duration)
            self._add(energy, begin, (1 - self.direct) * weight, own + self.ray.path_duration)
        return self._finish(energy)

    def basin(self, delay):
        """Surface waves: some cross the basin once, some go on for about ``delay`` s."""
        energy = np.zeros(self.npts)
        onset, duration = self.start + self.ray.time["S"], 1 / self.ray.corner["S"]
        duration += self.ray.path_duration
        self._add(energy, onset, 0.5, duration)
        self._add(energy, onset, 0.5, duration + delay)
        return self._finish(energy)

    def coda(self):
        """Coda: it builds up after S and fades as 1/t, and with scattering Q."""
        time = np.arange(self.npts) / self.rate - self.start - self.ray.time["S"]
        time = np.clip(time, 0, None)
        energy = (-np.expm1(-time / (0.5 + 0.3 * self.ray.path_duration))
                  / (1 + time / self.ray.time["S"]) ** 2 * np.exp(-2 * self.coda_decay * time))
        return self._finish(energy)

    def _add(self, energy, onset, weight, duration):
        """Add a window with energy ``weight``, from ``onset`` (s), to ``energy`` in place."""
        shape = -self.peak * np.log(DECAYED) / (1 + self.peak * (np.log(self.peak) - 1))
        length = 2 * duration
        first = int(np.ceil(max(onset, 0.0) * self.rate))
        last = min(self.npts, int((onset + 2 * length) * self.rate))
        if first >= last:
            return
        time = (np.arange(first, last) / self.rate - onset) / (self.peak * length) + 1e-9
        window = np.exp(2 * shape * (1 + np.log(time) - time))
        energy[first:last] += weight * window / window.sum()

    def _finish(self, energy):
        """Amplitudes with the record's roughness and a sum of squares of one."""
        if not energy.any():
            return energy.astype(np.float32)
        envelope = np.sqrt(energy) * self.roughness
        return (envelope / np.sqrt(np.sum(envelope ** 2))).astype(np.float32)
