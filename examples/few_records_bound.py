"""
What three records of a station cannot tell
===========================================

The mean of a few records says where the band levels of a station lie only to within their scatter.
All records generated from it share that error, and a classifier that knows other records of the
station sees it, however good the generator is. How much? Here *real* records of half of the
earthquakes get the error: their band levels are moved by the mean residual of a few of them, and
the classifier of ``critic_benchmark.py`` sorts them from the real records of the other half::

    python examples/few_records_bound.py --records records --least-peak 0.02

Residuals are those of a regression on magnitude and ln distance at each station. ``share`` is the
share of the error that is applied: 0 is the floor, 1 the mean of the records without any knowledge
of other stations, 0.7 an estimate whose error is smaller by 30 %.
"""


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
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal.evolutionary import FilterBank, band_levels
from obspy_tng.signal.minimum_phase import lines_between

SHARES = 0.0, 0.5, 0.7, 0.85, 1.0


def residuals(records, filters):
    """Band levels ``(n, 3, bands)`` of a station's records without their mean, M and ln R."""
    infos = [record_info(r) for r in records]
    levels = np.stack([band_levels(filters, record_to_array(r).astype(float)) for r in records])
    predictors = np.column_stack([np.ones(len(infos)), [info["magnitude"] for info in infos],
                                  np.log([np.hypot(info["distance"], 10) for info in infos])])
    flat = levels.reshape(len(levels), -1)
    flat = flat - predictors @ np.linalg.lstsq(predictors, flat, rcond=None)[0]
    return flat.reshape(levels.shape)


def moved(records, offset, filters):
    """Records whose band levels are higher by ``offset`` ``(3, bands)``; no phase changes."""
    frequencies = np.fft.rfftfreq(filters.nfft, 1 / filters.sampling_rate)
    gain = np.exp(0.5 * offset @ lines_between(filters.center_frequencies, frequencies))
    made = []
    for record in records:
        data = record_to_array(record).astype(float)
        samples = np.fft.irfft(gain * np.fft.rfft(data, filters.nfft), filters.nfft)
        made.append(with_samples(record, samples[:, :filters.npts]))
    return made


def main():
    """Command line: a line for each share of the error."""
    parser = parser_of_records(__doc__)
    parser.add_argument("--count", type=int, default=3, help="records of a station")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--draws", type=int, default=3, help="of the few records, in each split")
    args = parser.parse_args()
    records = chosen_records(args)
    axes = Axes.of_records(records)
    filters = FilterBank.of_window(axes.npts, axes.sampling_rate)
    found = {share: [] for share in SHARES}
    for split in range(1, args.splits + 1):
        known, unseen = (group_by_station(half)
                         for half in split_by_event(records, 0.5, seed=split))
        stations = sorted(set(known) & set(unseen))
        real = sets_of({s: unseen[s] for s in stations}, axes, "real")
        scatter = {s: residuals(known[s], filters) for s in stations}
        for draw in range(args.draws):
            rng = np.random.default_rng([split, draw])
            error = {s: scatter[s][rng.choice(len(scatter[s]), args.count, False)].mean(0)
                     for s in stations}
            for share in SHARES:
                other = sets_of({s: moved(known[s], share * error[s], filters)
                                 for s in stations}, axes, "moved")
                found[share].append(auc_by_group(Comparison(real, other, {}), split))
    print(f"{'share':8}{heading()}")
    for share, rows in found.items():
        print(f"{share:<8g}{cells(rows)}")


if __name__ == "__main__":
    main()
