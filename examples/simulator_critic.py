"""
Can a classifier tell simulated records from real ones?
=======================================================

For each real record one of the same magnitude, distance and depth is simulated at one of a few
random stations, and begins so that its t05 comes where that of the real record does: when a
recorder starts is no matter of physics. The classifier of ``critic_benchmark.py`` sorts both, but
is not shown levels, which real stations have and random ones do not::

    python examples/simulator_critic.py --records records --least-peak 0.02 --f0 0.4 9

"same stations" is trained on the records of other earthquakes; it knows the stations, which differ
from each other too. "other stations" is trained on some real stations and their simulated
counterparts, and tested on the others: what it knows there is what all real records have in common
that simulated ones have not. "real stations" sorts the records of one real station from those of
the others, as a measure of how much stations differ. In the lines with "levels" simulated records
have also got the band levels of their real ones, as new records of the default generator would: how
strong the vertical is, and when most energy comes, depends on them. Some minutes of one core for
120 records.
"""

import copy
import dataclasses

import numpy as np
from critic_benchmark import chosen_records, parser_of_records, sets_of, with_samples
from obspy import UTCDateTime

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.metrics.critic import GROUPS, auc, classifier_scores
from obspy_tng.records.earthquakes import earthquakes
from obspy_tng.records.info import record_info
from obspy_tng.records.prepare import taper_ends
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal import bandpass
from obspy_tng.signal.energy_windows import energy_onset
from obspy_tng.signal.evolutionary import band_levels, filter_bank
from obspy_tng.signal.minimum_phase import lines_between, minimum_phase
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
    A simulated motion for each record.

    It is as strong as the record: recorded earthquakes are the strong ones of their magnitude and
    distance, on softer ground, and stand out of the noise more than the average one does.

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
            stations[station, i] = site, region, site_response(site, region.crust, rate, 2 * npts,
                                                               rng)
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
        long_waves = region.long_waves(depth, infos[k]["distance"])
        arguments = (region.crust, geometry, rng, BEFORE * axes.window, long_waves)
        louder = (np.abs(record_to_array(records[k])).max()
                  / np.abs(motion(quake, site, response, 1.0, *arguments)).max())
        made[k] = louder * motion(quake, site, response, 1 / louder, *arguments)
    return made


def motion(quake, site, response, noise, crust, geometry, rng, before, long_waves):
    """A simulated record with ``noise`` times the noise of its site and recorder."""
    data, _ = synthesize(quake, dataclasses.replace(site, step=noise * site.step), crust,
                         dataclasses.replace(response, noise=noise * response.noise), geometry,
                         copy.deepcopy(rng), before, 1.0, long_waves)
    return data.astype(float)


def with_levels(data, real, rate):
    """Samples with the band levels of a record, by a minimum-phase filter for each component."""
    filters = filter_bank(data.shape[1], rate, freqmin=FREQMIN)
    padded = np.zeros_like(data)
    padded[:, :real.shape[1]] = real
    frequencies = np.fft.rfftfreq(2 * filters.nfft, 1 / rate)
    gain = 0.5 * (band_levels(filters, padded) - band_levels(filters, data)) @ lines_between(
        filters.center_frequencies, frequencies)
    spectrum = np.fft.rfft(data, 2 * filters.nfft) * minimum_phase(gain, 2 * filters.nfft)
    return np.fft.irfft(spectrum, 2 * filters.nfft)[:, :data.shape[1]]


def placed(record, data, rate, levels):
    """
    A copy of a record with the part of a simulated motion whose t05 comes where its own does.

    :param levels: whether it also gets the band levels of the record.
    """
    real = record_to_array(record).astype(float)
    npts = real.shape[1]
    data = bandpass(data - data[:, :int(5 * rate)].mean(1, keepdims=True), rate, freqmin=FREQMIN,
                    freqmax=0.4 * rate, order=2)
    if levels:
        data = with_levels(data, real, rate)
    first = int(np.clip(energy_onset(data) - energy_onset(real), 0, data.shape[1] - npts))
    lead = record_info(record)["p_index"]
    return with_samples(record, taper_ends(data[:, first:first + npts],
                                           (lead or 0.2 * rate) / rate, rate))


def main():
    """Command line: AUC by group."""
    parser = parser_of_records(__doc__)
    parser.add_argument("--f0", type=float, nargs=2, default=(0.3, 8.0), help="Hz, of stations")
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
    real = features(records)
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
            made = features([placed(record, data, axes.sampling_rate, bool(levels))
                             for record, data in zip(records, motions, strict=True)])
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
