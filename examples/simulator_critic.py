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
the others, as a measure of how much stations differ. A minute of one core for 120 records.
"""

import argparse

import numpy as np
from critic_benchmark import sets_of, usable_records, with_samples
from obspy import UTCDateTime

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.metrics.critic import GROUPS, auc, classifier_scores
from obspy_tng.records.earthquakes import earthquakes
from obspy_tng.records.folder import read_records
from obspy_tng.records.info import record_info
from obspy_tng.records.prepare import taper_ends
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal import bandpass
from obspy_tng.signal.energy_windows import energy_onset
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
    """A simulated record for each record, as a copy of it with other samples."""
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
        data, _ = synthesize(quake, site, region.crust, response,
                             (max(infos[k]["distance"], 0.5), *rng.uniform(0, 360, 2)), rng,
                             BEFORE * axes.window, 1.0,
                             region.long_waves(depth, infos[k]["distance"]))
        made[k] = placed(records[k], data.astype(float), rate)
    return made


def placed(record, data, rate):
    """A copy of a record with the part of other samples whose t05 comes where its own does."""
    real = record_to_array(record).astype(float)
    npts = real.shape[1]
    data = bandpass(data - data[:, :int(5 * rate)].mean(1, keepdims=True), rate, freqmin=FREQMIN,
                    freqmax=0.4 * rate, order=2)
    first = int(np.clip(energy_onset(data) - energy_onset(real), 0, data.shape[1] - npts))
    lead = record_info(record)["p_index"]
    return with_samples(record, taper_ends(data[:, first:first + npts],
                                           (lead or 0.2 * rate) / rate, rate))


def main():
    """Command line: AUC by group."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", required=True, help="folder that obspy-tng collect wrote")
    parser.add_argument("--least-peak", type=float, default=0.0, help="of records, m/s^2")
    parser.add_argument("--f0", type=float, nargs=2, default=(0.3, 8.0), help="Hz, of stations")
    parser.add_argument("--most", type=int, default=120, help="records")
    parser.add_argument("--seeds", type=int, default=2, help="simulated networks")
    args = parser.parse_args()
    records = usable_records(read_records(args.records), args.least_peak)
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
    found = {name: {g: [] for g in KEPT} for name in ("same stations", "other stations")}
    is_real = np.arange(2 * len(records)) < len(records)
    for seed in range(args.seeds):
        made = features(simulated(records, axes, args.f0, seed))
        for group in KEPT:
            both = np.concatenate([real[group], made[group]])
            for name, parts in zip(found, (events, stations), strict=True):
                parts = np.tile(parts, 2)
                scores = classifier_scores(both, is_real, parts)
                if name == "other stations":
                    found[name][group] += [auc(scores[parts == s], is_real[parts == s])
                                           for s in np.unique(parts)]
                else:
                    found[name][group].append(auc(scores, is_real))
    for name, values in found.items():
        line(name, values)


if __name__ == "__main__":
    main()
