"""
How far can learned envelopes take a source record?
===================================================

The best that a model of envelopes can do is to know those of the test record. Here they are given
to source records: the window levels (:mod:`obspy_tng.signal.energy_windows`) of each new record are
made those of the record that it stands for, and the classifier of ``critic_benchmark.py`` sorts
both kinds from the test records::

    python examples/envelope_bound.py --records records --least-peak 0.02 --splits 2

"other stations": source records are those of other stations than the test record's; the band levels
are fitted to half of the earthquakes of all stations in any case. "common": one change for all
components and octaves.
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

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.comparisons import Comparison
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.groundmotion.window_levels import LARGEST_CHANGE, relative
from obspy_tng.methods.bank_levels import fit_bank_levels
from obspy_tng.methods.source_bank import SourceBank
from obspy_tng.methods.tng.prior import packaged_prior
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.enrolled import Enrolled
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal.energy_windows import energy_onset
from obspy_tng.signal.evolutionary import FilterBank, band_levels
from obspy_tng.signal.source_waveform import SourceWaveforms

KINDS = "as they are", "true envelopes", "true, common"


class GivenEnvelopes(SourceWaveforms):
    """Waveforms whose ``envelope`` is not a change of window levels, but what they should be."""

    common = False

    def _warped(self, recipe):
        made = super()._warped(dataclasses.replace(recipe, envelope=None))
        if recipe.envelope is None:
            return made
        onset = energy_onset(made)
        here = self.energy_windows.levels(made, onset)
        change = relative(recipe.envelope) - relative(here)
        if self.common:
            power = np.where(np.isfinite(change), np.exp(recipe.envelope), 0.0)
            mean = (power * np.nan_to_num(change)).sum((0, 1))
            change = np.broadcast_to(mean / np.maximum(power.sum((0, 1)), 1e-30), change.shape)
        change = np.clip(np.nan_to_num(change), -LARGEST_CHANGE, LARGEST_CHANGE)
        return self.energy_windows.changed(made, onset, change)


class KnownEnvelopes(SourceBank):
    """Source records that get the window levels in ``given``, None: that stay as they are."""

    given: np.ndarray | None = None

    def __init__(self, bank, filters, fitted):
        super().__init__(bank, filters, fitted)
        self._waveforms = GivenEnvelopes(filters)

    def _recipe(self, station, case, delta_s2s, rng):
        recipe, name = super()._recipe(station, case, delta_s2s, rng)
        return dataclasses.replace(recipe, envelope=self.given), name

    def without(self, station):
        """The same with source records of other stations only."""
        other = KnownEnvelopes(self._bank, self.filters, self.fitted)
        other.records = dataclasses.replace(
            other.records, usable=other.records.usable & (other.records.stations != station))
        return other


def enrolled(records, filters):
    """Bank of some records: dict station -> :class:`Enrolled`."""
    bank = {}
    for station, group in group_by_station(records).items():
        data = np.stack([record_to_array(r) for r in group]).astype(np.float32)
        bank[station] = Enrolled({"data": data, "levels": band_levels(filters, data.astype(float))},
                                 [record_info(r) for r in group])
    return bank


def drawn(bank, station, records, seed, kind):
    """A new record for each record, and which kind it is."""
    made = []
    bank._waveforms.common = kind == KINDS[2]
    for i, record in enumerate(records):
        info, data = record_info(record), record_to_array(record).astype(float)
        bank.given = None if kind == KINDS[0] else bank._waveforms.energy_windows.levels(
            data, energy_onset(data))
        scenario = Scenario(info["magnitude"], info["distance"], info["depth"])
        samples = bank.draw_all(station, [np.random.default_rng([seed, i])], [scenario])[0][0]
        made.append(with_samples(record, samples.astype(float)))
    return made


def main():
    """Command line: a line for each kind of source records."""
    parser = parser_of_records(__doc__)
    parser.add_argument("--splits", type=int, default=2)
    args = parser.parse_args()
    records = chosen_records(args)
    axes = Axes.of_records(records)
    filters = FilterBank.of_window(axes.npts, axes.sampling_rate)
    prior = packaged_prior().model(filters, axes.sampling_rate)
    print(f"{'source records':16}{'their waveforms':16}{'split':>6}"
          + heading())
    for split in range(1, args.splits + 1):
        known, unseen = split_by_event(records, 0.5, seed=split)
        bank = enrolled(known, filters)
        test = {s: group for s, group in group_by_station(unseen).items() if s in bank}
        real = sets_of(test, axes, "real")
        everything = KnownEnvelopes(bank, filters, fit_bank_levels(bank, filters, prior))
        banks = {"all stations": dict.fromkeys(test, everything),
                 "other stations": {s: everything.without(s) for s in test}}
        for name, some in banks.items():
            for kind in KINDS:
                made = {s: drawn(some[s], s, group, split, kind) for s, group in test.items()}
                pair = Comparison(real, sets_of(made, axes, kind), {})
                print(f"{name:16}{kind:16}{split:6d}{cells([auc_by_group(pair, split)])}",
                      flush=True)


if __name__ == "__main__":
    main()
