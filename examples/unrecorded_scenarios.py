"""
Records for earthquakes that nobody recorded
============================================

Earthquakes are sorted by distance, or by magnitude. Those of one end are enrolled, those of the
other end asked for, record by record, and the classifier of ``critic_benchmark.py`` sorts real from
generated records; a part between both is left out::

    python examples/unrecorded_scenarios.py --records records --least-peak 0.005

(A large least peak would keep only the strongest of the far records, and amplitudes would seem to
be predicted too low.)

Lines of each case:

* "real": halves of the test records sorted from each other, the floor;
* "recorded scenarios": the default generator with the training records and half of the test
  earthquakes, judged by the other half: what it does where near scenarios were recorded;
* "tng", the default generator, and "time as recorded", the same without stretching the time from P
  to S and lengthening what follows;
* "mean levels known": "tng" with the mean of each band level over the test records, which nobody
  knows: what is told then is not how strong records are;
* "simulated": source records are simulated ones of near scenarios, with this share;
* other methods of ``critic_benchmark.py`` by ``--methods``.

Beside the AUC are the mean difference of ln PGA and of ln D5-95 (generated less real), and the
spread of ln D5-95 relative to the real one.
"""

from unittest import mock

import numpy as np
from critic_benchmark import (
    auc_by_group,
    cells,
    chosen_records,
    heading,
    makers,
    parser_of_records,
    sets_of,
)
from envelope_bound import enrolled
from simulated_sources import MixedBank, drawn_like, simulated_bank

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.comparisons import Comparison
from obspy_tng.groundmotion.band_levels import BandLevelModel, to_contrasts
from obspy_tng.groundmotion.source_records import SourceRecords
from obspy_tng.groundmotion.window_levels import packaged_window_levels
from obspy_tng.methods.bank_levels import fit_bank_levels
from obspy_tng.methods.tng.prior import packaged_prior
from obspy_tng.records.earthquakes import earthquakes
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal.evolutionary import FilterBank, band_levels
from obspy_tng.signal.intensity import time_of_energy

#: quantiles of the earthquakes: up to the first are enrolled, from the second on asked for
QUANTILES = 0.45, 0.7
#: case: (key of the info, sign), in ascending order of what is asked for
CASES = {"farther": ("distance", 1), "nearer": ("distance", -1),
         "stronger": ("magnitude", 1), "weaker": ("magnitude", -1)}


def parts(records, key, sign):
    """
    Records of both ends of a range, by earthquake.

    :param records: list of records.
    :param key: "distance" or "magnitude".
    :param sign: 1: the small values are enrolled; -1: the large ones.
    :return: lists of records to enrol and to ask for, and the earthquakes of the latter.
    """
    infos = [record_info(r) for r in records]
    events, values = np.array(earthquakes(infos)), np.array([info[key] for info in infos])
    if key == "distance":
        values = np.log(np.maximum(values, 1.0))
    means = {event: sign * values[events == event].mean() for event in np.unique(events)}
    of_record = np.array([means[event] for event in events])
    first, last = np.quantile(list(means.values()), QUANTILES)
    known, asked = of_record <= first, of_record >= last
    stations = np.array([".".join(r[0].id.split(".")[:2]) for r in records])
    asked &= np.isin(stations, stations[known])
    return ([records[i] for i in np.flatnonzero(known)],
            [records[i] for i in np.flatnonzero(asked)], events[asked])


def halves(records, events, seed):
    """Records of half of the earthquakes, and of the other half."""
    names = np.random.default_rng(seed).permutation(np.unique(events))
    first = np.isin(events, names[:len(names) // 2])
    return [[records[i] for i in np.flatnonzero(which)] for which in (first, ~first)]


def like(generator, real, seed):
    """Generated records for groups of real ones, of the stations that the generator knows."""
    return {s: generator.generate_like(s, group, seed=seed) for s, group in real.items()
            if s in generator.stations}


def shifted(offset):
    """A context in which what is expected of band levels is moved by contrasts ``(3 bands,)``."""
    plain = BandLevelModel.expected
    return mock.patch.object(BandLevelModel, "expected", lambda *args: plain(*args) + offset)


def missing_levels(generator, real, axes, seed, passes=2):
    """What generated records lack in the mean of each contrast of band levels, ``(3 bands,)``."""
    filters = FilterBank.of_window(axes.npts, axes.sampling_rate)

    def mean(groups):
        data = np.stack([record_to_array(r) for group in groups.values() for r in group])
        return to_contrasts(band_levels(filters, data)).mean(0)
    wanted, offset = mean(real), 0.0
    for again in range(passes):
        with shifted(offset):
            offset = offset + wanted - mean(like(generator, real, seed + again))
    return offset


def from_simulated(known, real, axes, simulated, share, seed):
    """Records from enrolled and simulated source records, see ``simulated_sources.py``."""
    filters = FilterBank.of_window(axes.npts, axes.sampling_rate)
    bank = enrolled(known, filters)
    levels = fit_bank_levels(bank, filters, packaged_prior().model(filters, axes.sampling_rate))
    mixed = MixedBank(bank, filters, levels, packaged_window_levels(), simulated, share)
    return {station: drawn_like(mixed, station, group, seed) for station, group in real.items()}


def measures(groups):
    """ln PGA and ln D5-95 of the horizontals, of all records: arrays."""
    data = np.stack([record_to_array(r)[1:].astype(float) for g in groups.values() for r in g])
    energy = np.square(data).sum(1)
    duration = time_of_energy(energy, 0.95) - time_of_energy(energy, 0.05)
    return np.log(np.abs(data).max((1, 2))), np.log(np.maximum(duration, 1))


def line(name, pairs, axes):
    """Print the mean AUC of pairs of groups of (real, generated) records, and the measures."""
    found, off, spread = [], [], []
    for seed, (real, made) in enumerate(pairs):
        real = {s: real[s] for s in made if s in real}
        sets = [sets_of(groups, axes, name) for groups in (real, made)]
        found.append(auc_by_group(Comparison(*sets, {}), seed))
        (pga, duration), (made_pga, made_duration) = measures(real), measures(made)
        off.append([made_pga.mean() - pga.mean(), made_duration.mean() - duration.mean()])
        spread.append(made_duration.std() / duration.std())
    print(f"{name:22}{cells(found)}  {np.mean(off, 0)[0]:+9.2f} {np.mean(off, 0)[1]:+9.2f} "
          f"{np.mean(spread):9.2f}", flush=True)


def main():
    """Command line: a table for each case."""
    parser = parser_of_records(__doc__)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--methods", nargs="*", default=["source record", "donor noise"])
    parser.add_argument("--shares", type=float, nargs="*", default=[0.5, 0.95])
    parser.add_argument("--simulated", type=int, default=700)
    args = parser.parse_args()
    records = chosen_records(args)
    axes = Axes.of_records(records)
    methods = makers(axes.sampling_rate, axes.window)
    seeds, simulated = range(args.seeds), None
    if args.shares:
        filters = FilterBank.of_window(axes.npts, axes.sampling_rate)
        prior = packaged_prior().model(filters, axes.sampling_rate)
        simulated = simulated_bank(args.simulated, filters, prior)
    for case in args.cases:
        known, asked, events = parts(records, *CASES[case])
        real = group_by_station(asked)
        print(f"{case}: {len(known)} records enrolled, {len(asked)} asked for")
        print(f"{'':22}{heading()}    ln PGA    ln D5-95    spread")
        split = [[group_by_station(half) for half in halves(asked, events, s)] for s in seeds]
        line("real", split, axes)
        pairs = []
        for s in seeds:
            first, second = halves(asked, events, s)
            generator = methods["tng"]([*known, *first])
            second = group_by_station(second)
            pairs.append((second, like(generator, second, s)))
        line("recorded scenarios", pairs, axes)
        generator = methods["tng"](known)
        line("tng", [(real, like(generator, real, s)) for s in seeds], axes)
        with mock.patch.multiple(SourceRecords, stretch=lambda *_: 1.0, lengthen=lambda *_: 1.0):
            line("time as recorded", [(real, like(generator, real, s)) for s in seeds], axes)
        with shifted(missing_levels(generator, real, axes, args.seeds)):
            line("mean levels known", [(real, like(generator, real, s)) for s in seeds], axes)
        for share in args.shares:
            line(f"simulated, {share:g}", [(real, from_simulated(
                known, real, axes, simulated, share, s)) for s in seeds], axes)
        for name in args.methods:
            generator = methods[name](known)
            line(name, [(real, like(generator, real, s)) for s in seeds], axes)


if __name__ == "__main__":
    main()
