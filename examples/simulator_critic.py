"""
Can a classifier tell simulated records from real ones?
=======================================================

For each real record one of the same magnitude, distance and depth is simulated at one of a few
random stations. When a recorder starts, how noisy its site is and how coarse its digitiser are no
matters of the simulated physics: t05 comes where that of the real record does, peak and noise are
as strong, and where a digitiser has few steps, samples are rounded to them. The classifier of
``critic_benchmark.py`` sorts both, but is not shown levels, which real stations have and random
ones do not::

    python examples/simulator_critic.py --records records --least-peak 0.02 --f0 0.4 9

"same stations" is trained on the records of other earthquakes; it knows the stations, which differ
from each other too. "other stations" is trained on some real stations and their simulated
counterparts, and tested on the others: what it knows there is what all real records have in common
that simulated ones have not. "real stations" sorts the records of one real station from those of
the others, as a measure of how much stations differ. In the lines with "levels" simulated records
have also got the smooth spectrum of their real ones, the flank of anti-alias filters included, as
new records of the default generator would: how strong the vertical is, and when most energy comes,
depends on it. Some minutes of one core for 120 records.
"""

import dataclasses

import numpy as np
from critic_benchmark import chosen_records, parser_of_records, sets_of, with_samples
from obspy import UTCDateTime

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.metrics.critic import GROUPS, auc, classifier_scores
from obspy_tng.groundmotion.noise_floor import SHORTEST, limited_noise, noise_levels
from obspy_tng.records.earthquakes import earthquakes
from obspy_tng.records.info import record_info
from obspy_tng.records.prepare import taper_ends
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal import bandpass, resample
from obspy_tng.signal.energy_windows import energy_onset
from obspy_tng.signal.evolutionary import filter_bank
from obspy_tng.signal.minimum_phase import lines_between, minimum_phase
from obspy_tng.signal.record_edges import PICK_ERROR
from obspy_tng.simulate.column import site_response
from obspy_tng.simulate.crust import draw_crust
from obspy_tng.simulate.greens import WavenumberGrid, greens_functions, wavenumber_kernels
from obspy_tng.simulate.path import CROSSOVER, LongWaves
from obspy_tng.simulate.scenario import Earthquake, draw_site, median_stress
from obspy_tng.simulate.source import draw_rupture
from obspy_tng.simulate.waveforms import synthesize

#: simulated stations for each real one, regions, share of stations on rock
SITES, REGIONS, ROCK = 4, 3, 0.1
#: depths of the complete wave field, km; share of the window before P; corner of the band-pass, Hz
DEPTH_STEP, LEAST_DEPTH, BEFORE, FREQMIN = 10.0, 3.0, 0.5, 0.05
#: bands of the spectrum: so many in an octave up to a share of the Nyquist frequency, so many above
#: it, where filters of recorders and of processing act
BANDS, FLANK, FLANK_BANDS = 6, 0.7, 14
#: least share of the energy of a band that is motion, and passes in which bands get their energy
LEAST_MOTION, PASSES = 0.03, 3
#: steps and noise of the simulated recorders, relative to usual ones: records get real noise
QUIET = 1e-9
#: steps of the digitiser in a peak above which they do not matter; s before P where P is not known
FINE, UNKNOWN_LEAD = 1000, 2.0
KEPT = [group for group in GROUPS if group != "levels"]


class Region:
    """A crust, and the complete wave field of its earthquakes."""

    def __init__(self, seed, farthest, window, rate):
        self.crust = draw_crust(np.random.default_rng(seed))
        layers = self.crust.for_long_waves()
        duration = round(min(40 + farthest / 2, 2 * window + 60) * rate) / rate
        self.layers, self.kernels = layers, {}
        self.grid = WavenumberGrid.make(layers, 1e3 * LEAST_DEPTH, 1e3 * farthest, duration,
                                        CROSSOVER[1])

    def long_waves(self, depth, distance):
        """:class:`LongWaves` at a depth and a distance in km."""
        depth = max(round(depth / DEPTH_STEP) * DEPTH_STEP, LEAST_DEPTH)
        if depth not in self.kernels:
            self.kernels = {depth: wavenumber_kernels(self.layers, [1e3 * depth], self.grid)[0]}
        return LongWaves(self.grid, greens_functions(
            self.kernels[depth], self.grid, 1e3 * max(distance, 0.5)).astype(np.complex64))


def simulated(records, axes, f0, seed):
    """
    A simulated motion, without noise, for each record, with the same peak.

    :return: list of arrays ``(3, 2 npts)``, m/s^2; P comes after half a window.
    """
    rate, npts = axes.sampling_rate, axes.npts
    infos = [record_info(r) for r in records]
    farthest = max(info["distance"] for info in infos)
    regions = [Region([seed, k], farthest, axes.window, rate) for k in range(REGIONS)]
    stations = {}
    for number, station in enumerate(group_by_station(records)):
        for i in range(SITES):
            rng = np.random.default_rng([seed, 100 + number, i])
            resonance = None if rng.random() < ROCK else np.exp(rng.uniform(*np.log(f0)))
            region = regions[(number + i) % REGIONS]
            site = draw_site(rng, f"SM.S{i}", 1.0, resonance)
            response = site_response(site, region.crust, rate, 2 * npts, rng)
            stations[station, i] = (
                dataclasses.replace(site, step=QUIET * site.step), region,
                dataclasses.replace(response, noise=QUIET * response.noise))
    # records of one depth after the other share a wave field
    depths = np.array([info["depth"] or 10.0 for info in infos])
    places = np.random.default_rng([seed, 7]).integers(SITES, size=len(records))
    made = [None] * len(records)
    for k in np.argsort(depths):
        rng = np.random.default_rng([seed, 1000, k])
        station = ".".join(records[k][0].id.split(".")[:2])
        site, region, response = stations[station, places[k]]
        magnitude, depth = infos[k]["magnitude"], max(depths[k], LEAST_DEPTH)
        mechanism = rng.uniform(0, 360), rng.uniform(20, 90), rng.uniform(-180, 180)
        quake = Earthquake("simulated", UTCDateTime(0), 0.0, 0.0, depth, magnitude,
                           median_stress(magnitude) * np.exp(0.6 * rng.standard_normal()),
                           mechanism, draw_rupture(rng, magnitude, mechanism, depth))
        geometry = max(infos[k]["distance"], 0.5), *rng.uniform(0, 360, 2)
        data, _ = synthesize(quake, site, region.crust, response, geometry, rng,
                             BEFORE * axes.window, 1.0,
                             region.long_waves(depth, infos[k]["distance"]))
        made[k] = data.astype(float) * (np.abs(record_to_array(records[k])).max()
                                        / np.abs(data).max())
    return made


class Recordings:
    """
    Makes recordings of motions, as noisy as real records.

    :param records: list of records of the same length.
    :param axes: their :class:`~obspy_tng.evaluation.axes.Axes`.
    :param recorded_at: Hz, sampling rate of the recorders.
    """

    def __init__(self, records, axes, recorded_at):
        self.recorded_at = recorded_at
        self.steps = [np.abs(record_to_array(r)).max(1).min()
                      / r[0].stats.tng.quality["coarse"][0] for r in records]
        self.rate, self.npts = rate, npts = axes.sampling_rate, axes.npts
        self.frequencies = np.fft.rfftfreq(npts, 1 / rate)
        low = np.exp(np.arange(np.log(FREQMIN), np.log(FLANK * rate / 2), np.log(2) / BANDS))
        edges = np.append(low, np.linspace(low[-1], rate / 2, FLANK_BANDS + 1)[1:])
        first = np.searchsorted(self.frequencies, edges)
        kept = np.flatnonzero(np.diff(first))   # bands with a line of the spectrum
        self.first, self.last = first[:-1][kept], first[1:][kept]
        self.centers = np.sqrt(edges[:-1] * edges[1:])[kept]
        self.below = np.flatnonzero(self.centers <= low[-1])[-1]
        self.records = records
        self.noise = self._noise([record_info(r)["p_index"] for r in records])

    def spectrum(self, data):
        """ln mean power of the lines of each band, ``(3, bands)``."""
        power = np.square(np.abs(np.fft.rfft(data)))
        sums = np.concatenate([np.zeros((3, 1)), np.cumsum(power, axis=1)], axis=1)
        return np.log((sums[:, self.last] - sums[:, self.first]) / (self.last - self.first)
                      + np.finfo(float).tiny)

    def _noise(self, picks):
        """The same of the noise of each record: before P, or no more than at its station."""
        data = [record_to_array(r) for r in self.records]
        filters = filter_bank(self.npts, self.rate, freqmin=FREQMIN)
        own = np.stack([noise_levels(filters, x, p) for x, p in zip(data, picks, strict=True)])
        stations = [".".join(r[0].id.split(".")[:2]) for r in self.records]
        seen = np.array([p is not None and p > (SHORTEST + PICK_ERROR) * self.rate for p in picks])
        noise = np.where(seen[:, None, None], own, limited_noise(own, stations))
        lines = lines_between(filters.center_frequencies, self.centers)
        noise = (noise - filters.white_levels + np.log(self.npts)) @ lines
        # in the flank of the filters noise falls as the record does
        for spectrum, x in zip(noise, data, strict=True):
            real = self.spectrum(x)
            spectrum[:, self.below + 1:] = real[:, self.below + 1:] - np.maximum(
                real - spectrum, 0)[:, self.below, None]
        return noise

    def make(self, k, motion, levels, rng):
        """
        A copy of record k with a part of a motion whose t05 comes where its own does, and noise.

        :param levels: whether the motion gets the spectrum of the record, less its noise.
        """
        record, noise, npts = self.records[k], self.noise[k], self.npts
        real = record_to_array(record).astype(float)
        onset = energy_onset(real)
        motion = bandpass(motion, self.rate, freqmin=FREQMIN, freqmax=0.4 * self.rate)

        def part():
            first = int(np.clip(energy_onset(motion) - onset, 0, motion.shape[1] - npts))
            return motion[:, first:first + npts]
        if levels:
            target = self.spectrum(real)
            target = np.logaddexp(target + np.log(LEAST_MOTION), np.log(np.maximum(
                np.exp(target) - np.exp(noise), np.finfo(float).tiny)))
            for _ in range(PASSES):
                motion = self._filtered(motion, 0.5 * (target - self.spectrum(part())))
        # of the noise that steps of the digitiser do not make
        rounding = np.log(self.steps[k] ** 2 / 12 * self.rate / self.recorded_at * npts)
        more = np.log(np.maximum(np.exp(noise) - np.exp(rounding), np.finfo(float).tiny))
        lines = lines_between(self.centers, self.frequencies)
        white = np.fft.rfft(rng.standard_normal((3, npts)))
        data = part() + np.fft.irfft(white * np.exp(0.5 * more @ lines) / np.sqrt(npts), npts)
        data = self._digitised(data, self.steps[k])
        lead = record_info(record)["p_index"]
        return with_samples(record, taper_ends(data, UNKNOWN_LEAD if lead is None else
                                               lead / self.rate, self.rate))

    def _digitised(self, data, step):
        """What a coarse digitiser and the preparation of its recording make of a motion."""
        if np.abs(data).max() > FINE * step:
            return data
        fast = resample(data, self.rate, self.recorded_at)
        fast = bandpass(np.rint(fast / step) * step, self.recorded_at, freqmin=FREQMIN,
                        freqmax=0.4 * self.rate)
        return resample(fast, self.recorded_at, self.rate)[:, :self.npts]

    def _filtered(self, data, gain):
        """Motion changed by ln gains of the bands, without energy before arrivals."""
        count = 2 * data.shape[1]
        lines = lines_between(self.centers, np.fft.rfftfreq(count, 1 / self.rate))
        spectrum = np.fft.rfft(data, count) * minimum_phase(gain @ lines, count)
        return np.fft.irfft(spectrum, count)[:, :data.shape[1]]


def main():
    """Command line: AUC by group."""
    parser = parser_of_records(__doc__)
    parser.add_argument("--f0", type=float, nargs=2, default=(0.3, 8.0), help="Hz, of stations")
    parser.add_argument("--recorded-at", type=float, help="Hz, of recorders; default: of records")
    parser.add_argument("--most", type=int, default=120, help="records")
    parser.add_argument("--seeds", type=int, default=2, help="simulated networks")
    args = parser.parse_args()
    records = chosen_records(args)
    records = [records[i] for i in np.random.default_rng(0).permutation(len(records))[:args.most]]
    records = [r for group in group_by_station(records).values() for r in group]
    axes = Axes.of_records(records)
    stations = np.array([".".join(r[0].id.split(".")[:2]) for r in records])
    events = np.array(earthquakes([record_info(r) for r in records]))

    def features(some):
        sets = sets_of(group_by_station(some), axes, "")
        return {g: np.concatenate([s.waveform[g] for s in sets.values()]) for g in KEPT}
    real, recordings = features(records), Recordings(
        records, axes, args.recorded_at or axes.sampling_rate)
    print(f"{'trained and tested on':26}" + "".join(f"{g:>14}" for g in KEPT))

    def line(name, values):
        print(f"{name:26}" + "".join(f"{np.mean(values[g]):14.2f}" for g in KEPT), flush=True)
    one = stations == stations[0]
    line("real stations", {g: [auc(classifier_scores(real[g], one, events), one)] for g in KEPT})
    found = {name: {g: [] for g in KEPT} for levels in ("", ", levels")
             for name in (f"same stations{levels}", f"other stations{levels}")}
    is_real = np.arange(2 * len(records)) < len(records)
    for seed in range(args.seeds):
        motions = simulated(records, axes, args.f0, seed)
        for levels in ("", ", levels"):
            rng = np.random.default_rng([seed, 8])
            made = features([recordings.make(k, motion, bool(levels), rng)
                             for k, motion in enumerate(motions)])
            for group in KEPT:
                both = np.concatenate([real[group], made[group]])
                scores = classifier_scores(both, is_real, np.tile(events, 2))
                found[f"same stations{levels}"][group].append(auc(scores, is_real))
                parts = np.tile(stations, 2)
                scores = classifier_scores(both, is_real, parts)
                found[f"other stations{levels}"][group] += [
                    auc(scores[parts == s], is_real[parts == s]) for s in np.unique(parts)]
    for name, values in found.items():
        line(name, values)


if __name__ == "__main__":
    main()
