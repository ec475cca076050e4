"""
Do levels give generated records away by their scatter or by the mean of their station?
=======================================================================================

The default generator makes records for unseen earthquakes, from half of the records of each
station, from a few and those of the other stations, and from a few alone. The classifier of
``critic_benchmark.py`` sorts them by levels; then again after the mean of each feature at each
station has been made that of the real records, which a generator cannot know; and at last it sorts
real records, moved by these differences of means, from themselves as they are::

    python examples/station_error.py --records records --least-peak 0.02

If the second figure is near 0.5, what the classifier sees of levels is what a few records do not
tell of a station, and no scatter, correlation or scaling is wrong. A few minutes of one core.
"""


import numpy as np
from critic_benchmark import chosen_records, generated, makers, parser_of_records

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.metrics.critic import auc, classifier_scores
from obspy_tng.evaluation.waveform_features import waveform_features
from obspy_tng.records.earthquakes import earthquakes, split_by_event
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array

#: what is enrolled: label, records of a station (None: half of all), without other stations
ENROLLED = ("half", None, False), ("few", 3, False), ("few, alone", 3, True)


def levels_of(records, axes):
    """Features of the levels, array ``(n, k)``."""
    data = np.stack([record_to_array(r).astype(float) for r in records])
    return waveform_features(data, axes.bands)["levels"]


def told(first, second, events, seed):
    """AUC of the classifier between features ``(n, k)`` of the same earthquakes."""
    is_real = np.arange(2 * len(first)) < len(first)
    return auc(classifier_scores(np.vstack([first, second]), is_real, [*events, *events], seed),
               is_real)


def main():
    """Command line: a line for each way to enroll."""
    parser = parser_of_records(__doc__)
    parser.add_argument("--splits", type=int, default=3)
    args = parser.parse_args()
    records = chosen_records(args)
    axes = Axes.of_records(records)
    make, found = makers(axes.sampling_rate, axes.window)["tng"], {}
    for split in range(1, args.splits + 1):
        known, unseen = split_by_event(records, 0.5, seed=split)
        stations = group_by_station(known)
        test = {s: real for s, real in group_by_station(unseen).items() if s in stations}
        events = earthquakes([record_info(r) for real in test.values() for r in real])
        real = {s: levels_of(group, axes) for s, group in test.items()}
        features = np.vstack(list(real.values()))
        for label, count, alone in ENROLLED:
            streams = generated(make, {}, known, test, count, split, alone)
            new = {s: levels_of(group, axes) for s, group in streams.items()}
            error = {s: new[s].mean(0) - real[s].mean(0) for s in test}
            found.setdefault(label, []).append([
                told(features, np.vstack([new[s] - shift * error[s] for s in test]), events, split)
                for shift in (0, 1)]
                + [told(features, np.vstack([real[s] + error[s] for s in test]), events, split)])
    print(f"{'enrolled':14}{'generated':>12}{'mean known':>12}{'real, moved':>13}")
    for label, rows in found.items():
        print(f"{label:14}" + "".join(f"{value:{width}.2f}" for value, width in
                                      zip(np.mean(rows, axis=0), (12, 12, 13), strict=True)))


if __name__ == "__main__":
    main()
