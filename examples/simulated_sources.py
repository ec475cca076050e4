"""
Simulated source records for a station with three records and nothing else
==========================================================================

A station that has three records and no others to take source records from repeats these three. Are
simulated records any help as further source records? Band levels, noise and the place of the onset
stay those of the station; only waveforms come from simulated records of near scenarios, with a
given share of the probability::

    python examples/simulated_sources.py --records records --least-peak 0.02 --splits 11 12 13

Each station is enrolled alone, with three of the records of the training half, and the classifier
of ``critic_benchmark.py`` sorts records that are generated for the earthquakes of the other half.
"""

import dataclasses

import numpy as np
from critic_benchmark import (
    auc_by_group,
    cells,
    chosen_records,
    heading,
    parser_of_records,
    sets_of,
    with_samples,
)
from envelope_bound import enrolled

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.comparisons import Comparison
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.groundmotion.source_records import SourceRecords
from obspy_tng.groundmotion.window_levels import packaged_window_levels
from obspy_tng.methods.bank_levels import fit_bank_levels
from obspy_tng.methods.source_bank import SourceBank
from obspy_tng.methods.tng.prior import packaged_prior
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.enrolled import Enrolled
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station
from obspy_tng.signal.evolutionary import FilterBank, band_levels
from obspy_tng.simulate.corpus import simulated_corpus

COUNT, SHARES = 3, (0.0, 0.3, 0.6, 0.9)


@dataclasses.dataclass(frozen=True)
class SharedSources(SourceRecords):
    """Source records of a station, and simulated ones with a share of the probability."""

    own_count: int = 0
    share: float = 0.0

    def probabilities(self, station, scenario):
        """As of the station's own records and of the simulated ones, weighted by the share."""
        found = super().probabilities(station, scenario)
        own = np.arange(len(found)) < self.own_count
        parts = [np.where(which, found, 0) for which in (own, ~own)]
        return sum(weight * part / part.sum() for weight, part in zip(
            (1 - self.share, self.share), parts, strict=True))


class MixedBank(SourceBank):
    """
    The bank of a station, and simulated source records.

    :param bank, filters, fitted, windows: as of SourceBank.
    :param simulated: SourceBank of simulated records.
    :param share: of the probability.
    """

    def __init__(self, bank, filters, fitted, windows, simulated, share):
        super().__init__(bank, filters, fitted, windows)
        own, other, count = self.records, simulated.records, len(self.names)
        picked = np.isfinite(self._p_indices).any()
        usable = other.usable & (np.isfinite(simulated._p_indices) | ~picked)
        # records of a station without picks keep their start, and so do simulated ones there
        everything = range(len(simulated.names))
        onsets = np.full(len(everything), np.nan) if picked else np.array(
            [simulated._t05(i) for i in everything])
        arrays = {name: np.concatenate([getattr(own, name), getattr(other, name)]) for name in (
            "stations", "magnitudes", "distances", "depths", "residuals")}
        self.records = SharedSources(**arrays, usable=np.append(own.usable, usable),
                                     onsets=np.append(own.onsets, onsets), own_count=count,
                                     share=share)
        places = simulated._p_indices if picked else np.full(len(everything), np.nan)
        self._p_indices = np.append(self._p_indices, places)
        self._bank = {**bank, **simulated._bank}
        self._rows, self.names = self._rows + simulated._rows, self.names + simulated.names
        for name in ("_levels", "_noise", "_cross"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(simulated, name)]))

    def _source(self, i):
        source = super()._source(i)
        if np.isnan(self._p_indices[i]):
            return dataclasses.replace(source, p_index=None, ps_samples=0.0)
        return source


def simulated_bank(count, filters, prior):
    """:class:`SourceBank` of simulated records."""
    bank = {}
    for number, (data, infos) in enumerate(simulated_corpus(count, filters.npts,
                                                            filters.sampling_rate, 77)):
        name = f"ZS.{number}"
        bank[name] = Enrolled(
            {"data": data, "levels": band_levels(filters, data.astype(float))},
            [{**info, "record_id": f"{name}.{i}", "starttime": None}
             for i, info in enumerate(infos)])
    return SourceBank(bank, filters, fit_bank_levels(bank, filters, prior))


def drawn_like(bank, station, records, seed):
    """A new record of a bank for each record of a station, with its magnitude and distance."""
    made = []
    for i, record in enumerate(records):
        info = record_info(record)
        scenario = Scenario(info["magnitude"], info["distance"], info["depth"])
        samples = bank.draw_all(station, [np.random.default_rng([seed, i])], [scenario])[0][0]
        made.append(with_samples(record, samples.astype(float)))
    return made


def main():
    """Command line: a line for each share of simulated source records."""
    parser = parser_of_records(__doc__)
    parser.add_argument("--splits", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    parser.add_argument("--simulated", type=int, default=700)
    args = parser.parse_args()
    records = chosen_records(args)
    axes = Axes.of_records(records)
    filters = FilterBank.of_window(axes.npts, axes.sampling_rate)
    prior = packaged_prior().model(filters, axes.sampling_rate)
    simulated = simulated_bank(args.simulated, filters, prior)
    print(f"{'simulated':10}{'splits':>8}"
          + heading())
    for share in args.shares:
        found = []
        for split in args.splits:
            known, unseen = split_by_event(records, 0.5, seed=split)
            known, made, test = group_by_station(known), {}, {}
            rng = np.random.default_rng([7, split])
            for station, group in sorted(group_by_station(unseen).items()):
                if station not in known:
                    continue
                some = known[station]
                some = [some[i] for i in rng.permutation(len(some))[:COUNT]]
                bank = enrolled(some, filters)
                bank = MixedBank(bank, filters, fit_bank_levels(bank, filters, prior),
                                 packaged_window_levels(), simulated, share)
                test[station], made[station] = group, drawn_like(bank, station, group, split)
            pair = Comparison(sets_of(test, axes, "real"), sets_of(made, axes, "made"), {})
            found.append(auc_by_group(pair, split))
        print(f"{share:<10.1f}{len(args.splits):8d}{cells(found)}", flush=True)


if __name__ == "__main__":
    main()
