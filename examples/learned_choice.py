"""
What enrolled records can teach about the generator's faults
============================================================

A learned model beats the default generator only if the records it learns from say what is wrong
with generated ones. Do they? A classifier is trained on the enrolled half of the earthquakes, on
real records and on those that the generator makes for earthquakes that were withheld from it. Of
several candidates for each earthquake of the other half one is then chosen, with probabilities in
proportion to the odds that the classifier gives them (rejection sampling by a discriminator), and
the critic judges those::

    python examples/learned_choice.py --records records --least-peak 0.02

The classifier has the features of the critic itself, which no generator may be trained on: it
bounds what a loss can learn. *Learned from the judged half* is what a classifier would do that knew
the answer, to show that such a choice has an effect. This is an experiment, no method: nothing of
it is in the generator.
"""

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
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.comparisons import Comparison
from obspy_tng.evaluation.waveform_features import waveform_features
from obspy_tng.records.earthquakes import earthquakes, split_by_event
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array

AS_IT_IS, LEARNED, ORACLE = "as it is", "learned from enrolled half", "learned from judged half"
#: folds of withheld earthquakes, records made of each, strength of the penalty
FOLDS, REPEATS, PENALTY = 4, 2, 1e-3
#: normal scores beyond which features are all the same to the classifier
FARTHEST = 3.0


def features(groups, axes):
    """Features ``(n, k)`` of the critic, of groups of records."""
    data = np.stack([record_to_array(r) for group in groups.values() for r in group])
    return np.hstack(list(waveform_features(data, axes.bands).values()))


def withheld_pairs(make, known, axes, seed):
    """Features of the real records of an enrolled half, and of records made for each withheld."""
    names = [str(e) for e in earthquakes([record_info(r) for r in known])]
    unique, index = np.unique(names, return_inverse=True)
    folds = np.random.default_rng(seed).permutation(len(unique))[index] % FOLDS
    real, made = [], []
    for fold in range(FOLDS):
        generator = make([known[i] for i in np.flatnonzero(folds != fold)])
        own = group_by_station([known[i] for i in np.flatnonzero(folds == fold)])
        own = {s: group for s, group in own.items() if s in generator.stations}
        real.append(features(own, axes))
        made += [features({s: generator.generate_like(s, group, seed=repeat)
                           for s, group in own.items()}, axes) for repeat in range(REPEATS)]
    return np.concatenate(real), np.concatenate(made)


def classifier(real, made):
    """A regularised logistic regression on normal scores and their magnitudes."""
    model = make_pipeline(
        QuantileTransformer(n_quantiles=min(100, len(real)), output_distribution="normal"),
        FunctionTransformer(lambda z: np.clip(z, -FARTHEST, FARTHEST)),
        FunctionTransformer(lambda z: np.hstack([z, np.abs(z)])),
        LogisticRegression(C=PENALTY, max_iter=500, class_weight="balanced"))
    return model.fit(np.vstack([real, made]), np.repeat([1, 0], [len(real), len(made)]))


def chosen(candidates, odds, rng):
    """
    One candidate for each record, with probabilities in proportion to the odds.

    :param candidates: list of dicts station -> records.
    :param odds: ln odds ``(candidates, records)``.
    """
    index = iter(np.argmax(odds + rng.gumbel(size=odds.shape), axis=0).tolist())
    return {station: [candidates[next(index)][station][i] for i in range(len(group))]
            for station, group in candidates[0].items()}


def main():
    """Command line: a line without a choice, one for each classifier."""
    parser = parser_of_records(__doc__)
    parser.add_argument("--candidates", type=int, default=4)
    parser.add_argument("--splits", type=int, default=3)
    args = parser.parse_args()
    records = chosen_records(args)
    axes = Axes.of_records(records)
    make = makers(axes.sampling_rate, axes.window)["tng"]
    found = {AS_IT_IS: [], LEARNED: [], ORACLE: []}
    for split in range(1, args.splits + 1):
        known, unseen = split_by_event(records, 0.5, seed=split)
        generator = make(known)
        test = {s: group for s, group in group_by_station(unseen).items()
                if s in generator.stations}
        candidates = [{s: generator.generate_like(s, group, seed=100 * split + k)
                       for s, group in test.items()} for k in range(args.candidates)]
        seen = [features(candidate, axes) for candidate in candidates]
        models = {LEARNED: classifier(*withheld_pairs(make, known, axes, split)),
                  ORACLE: classifier(features(test, axes), np.concatenate(seen))}
        sets = {AS_IT_IS: candidates[0],
                **{name: chosen(candidates, np.stack([model.decision_function(x) for x in seen]),
                                np.random.default_rng(split)) for name, model in models.items()}}
        real = sets_of(test, axes, "real")
        for name, made in sets.items():
            found[name].append(auc_by_group(
                Comparison(real, sets_of(made, axes, name), {}), split))
    print(f"{'':28}{heading()}")
    for name, rows in found.items():
        print(f"{name:28}{cells(rows)}")


if __name__ == "__main__":
    main()
