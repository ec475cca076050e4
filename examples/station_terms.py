"""
Mean HVSR of a station from a few records
=========================================

The level model of ``architecture="tng"`` and of donor noise
(:mod:`obspy_tng.groundmotion.band_levels`) without waveforms. Inside of a training half, itself
split by earthquake, the station term is estimated from n records and compared with the mean
HVSR of the station's other earthquakes::

    obspy-tng collect ARCHIVE --output records --sampling-rate 50 --window 120
    python examples/station_terms.py --records records

The mean of the other records has a standard error itself. The error of the term is the misfit
without this standard error. The last column combines the error with the scatter of a whole test
half: the misfit that a generator with this term can reach there. Other lines scale the prior
standard deviations of stations or of records; if one of them were better, the standard
deviations would be wrong.
"""

import argparse
import dataclasses

import numpy as np

from obspy_tng import simulate_network
from obspy_tng.groundmotion.band_levels import to_contrasts
from obspy_tng.groundmotion.level_fit import fit_band_levels
from obspy_tng.groundmotion.station_terms import station_evidence, station_terms
from obspy_tng.methods.tng.method import StationBottleneckMethod
from obspy_tng.methods.tng.prior import load_pretrained
from obspy_tng.records.earthquakes import earthquakes
from obspy_tng.records.folder import read_records
from obspy_tng.records.info import info_values, record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal import evolutionary

#: Hz
BAND = (0.1, 15.0)
#: Hz; the misfit below is shown separately
LOW = 0.4
#: names and factors of the standard deviations of stations and of records
VARIANTS = {"as it is": (1.0, 1.0), "stations x 0.7": (0.7, 1.0), "stations x 1.4": (1.4, 1.0),
            "records x 0.7": (1.0, 0.7), "records x 1.4": (1.0, 1.4)}


class Levels:
    """
    Levels of all records, and the level model fitted to some of them.

    :param records: list of records with magnitude and distance.
    """

    def __init__(self, records):
        stats = records[0][0].stats
        method = StationBottleneckMethod(stats.npts, stats.sampling_rate)
        load_pretrained(method.model)
        self.prior = method.model.level_prior.model(method.filters, stats.sampling_rate)
        groups = group_by_station(records)
        ordered = [record for group in groups.values() for record in group]
        infos = [record_info(record) for record in ordered]
        self.stations = np.repeat(list(groups), [len(group) for group in groups.values()])
        self.events = np.array(earthquakes(infos))
        self.known = [info_values(infos, key) for key in ("magnitude", "distance", "depth")]
        self.levels = evolutionary.band_levels(
            method.filters, np.stack([record_to_array(record) for record in ordered]))
        self.frequencies = frequencies = method.filters.center_frequencies
        bands = len(frequencies)
        chosen = (frequencies > BAND[0]) & (frequencies < BAND[1])
        self.shown, self.low = bands + np.flatnonzero(chosen), frequencies[chosen] < LOW

    def hvsr(self, rows):
        """Ln HVSR of some records, ``(n, bands shown)``."""
        return to_contrasts(self.levels[rows])[:, self.shown] / 2

    def predicted(self, station, others, own, wanted, scales):
        """Mean ln HVSR expected of the records ``wanted`` of a station."""
        rows = np.concatenate([others, own])
        model = fit_band_levels(
            self.levels[rows], self.stations[rows], self.events[rows],
            *(v[rows] for v in self.known), self.frequencies, self.prior)
        model = dataclasses.replace(model, phi_s2s=scales[0] * model.phi_s2s,
                                    phi_ss=scales[1] * model.phi_ss,
                                    tau=scales[1] * model.tau)
        evidence = {name: station_evidence(
            model, self.levels[some], self.events[some], *(v[some] for v in self.known))
            for name in set(self.stations[rows])
            for some in [rows[self.stations[rows] == name]]}
        term = station_terms(model, evidence)[station]
        expected = model.expected(*(v[wanted] for v in self.known)) + term.delta_s2s
        return expected[:, self.shown].mean(0) / 2


def cases(levels, splits, repeats, n):
    """Rows of other stations, n enrolled rows and rows to predict, split by earthquake twice."""
    for split in range(splits):
        rng = np.random.default_rng(split)
        half = rng.permutation(sorted(set(levels.events)))[::2]
        for _ in range(repeats):
            known = set(rng.permutation(half)[:round(0.6 * len(half))])
            first = np.array([e in known for e in levels.events])
            second = np.isin(levels.events, half) & ~first
            for station in sorted(set(levels.stations)):
                own = levels.stations == station
                mine, wanted = np.flatnonzero(own & first), np.flatnonzero(own & second)
                if len(mine) >= n and len(wanted) >= 3:
                    yield (station, np.flatnonzero(~own & first), rng.choice(mine, n, False),
                           wanted)


def main():
    """Command line: a line for each n and each prediction."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", help="folder that obspy-tng collect wrote")
    parser.add_argument("--splits", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=6, help="inner splits of each half")
    parser.add_argument("--min-pga", type=float, default=0.02, help="m/s^2 (default 0.02)")
    args = parser.parse_args()
    records = list(read_records(args.records)) if args.records else simulate_network(
        4, 40, seed=0, sampling_rate=50.0).records
    infos = [record_info(record) for record in records]
    levels = Levels([record for record, info in zip(records, infos, strict=True)
                     if None not in (info["magnitude"], info["distance"])
                     and np.abs(record_to_array(record)).max() >= args.min_pga])
    print(f"{'n':>3}  {'':16}{'misfit':>8}{'scatter':>9}{'error':>8}{'expected':>10}"
          f"{f'<{LOW} Hz':>10}{f'>{LOW} Hz':>10}")
    for n in (3, 10):
        some = list(cases(levels, args.splits, args.repeats, n))
        scatter = np.sqrt(np.mean([np.var(levels.hvsr(wanted), axis=0, ddof=1).mean()
                                   / len(wanted) for *_, wanted in some]))
        half = np.sqrt(np.mean([np.var(levels.hvsr(levels.stations == s), axis=0, ddof=1).mean()
                                / (0.5 * (levels.stations == s).sum())
                                for s in sorted(set(levels.stations))]))
        ways = {"mean of records": lambda s, others, own, wanted: levels.hvsr(own).mean(0)}
        ways |= {name: lambda *case, scales=scales: levels.predicted(*case, scales)
                 for name, scales in VARIANTS.items()}
        for name, way in ways.items():
            missed = np.square([way(*case) - levels.hvsr(case[-1]).mean(0) for case in some])
            misfit, low, high = (np.sqrt(missed[:, chosen].mean()) for chosen in (
                slice(None), levels.low, ~levels.low))
            error = np.sqrt(max(misfit**2 - scatter**2, 0))
            print(f"{n:3d}  {name:16}{misfit:8.3f}{scatter:9.3f}{error:8.3f}"
                  f"{np.hypot(error, half):10.3f}{low:10.3f}{high:10.3f}", flush=True)


if __name__ == "__main__":
    main()
