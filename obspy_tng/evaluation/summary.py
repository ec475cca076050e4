"""Summary of an evaluation in a few lines, and all verdicts in one figure."""

import numpy as np

from ..plotting import COLORS
from .floor import NEAR, WITHIN
from .metrics.metric import ALL

# verdicts in the order of a summary, with what they say
WORDS = {"within": "at the floor", "near": "near it", "outside": "outside",
         "below": "below it, where less is no fault", "": "not known"}
#: axis of the picture ends here, in standard deviations
FARTHEST = 12.0


def verdicts(evaluation, generator, station=ALL):
    """
    Rows of a generator by verdict.

    :param evaluation: :class:`~obspy_tng.evaluation.result.Evaluation`.
    :param generator: name.
    :param station: station id, or ``"all"``.
    :return: dict verdict -> list of rows, in the order of :data:`WORDS`.
    """
    rows = [row for row in evaluation.rows
            if (row["generator"], row["station"]) == (generator, station)]
    return {verdict: [row for row in rows if row["verdict"] == verdict] for verdict in WORDS}


def answer(evaluation, generator, station=ALL):
    """
    How many figures are at the floor, near it and outside, and which.

    :param evaluation: :class:`~obspy_tng.evaluation.result.Evaluation`.
    :param generator: name.
    :param station: station id, or ``"all"``.
    :return: list of str: the counts first, then a line for each verdict but "at the floor".
    """
    found = verdicts(evaluation, generator, station)
    known = sum(len(rows) for verdict, rows in found.items() if verdict)
    counts = ", ".join(f"{len(rows)} {WORDS[verdict]}" for verdict, rows in found.items()
                       if rows or verdict in ("within", "near", "outside"))
    lines = [f"{generator}: of {known} figures {counts}."]
    for verdict in ("outside", "near", "below"):
        if found[verdict]:
            titles = "; ".join(row["title"] for row in found[verdict])
            lines.append(f"{WORDS[verdict][0].upper()}{WORDS[verdict][1:]}: {titles}.")
    return lines


def excess(row):
    """
    Distance from the ideal minus that of real records, in standard deviations of the latter.

    :param row: dict, see :class:`~obspy_tng.evaluation.result.Evaluation`.
    :return: float; NaN if it is not known.
    """
    base = np.fmax(row["floor_distance"], row["floor_distance_given"])
    spread = row["floor_distance_spread"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(row["distance"] - base, spread))


def plot_verdicts(evaluation, station=ALL):
    """
    Distances from the ideal minus those of real records, of all metrics and generators.

    :param evaluation: :class:`~obspy_tng.evaluation.result.Evaluation`.
    :param station: station id, or ``"all"``.
    :return: :class:`matplotlib.figure.Figure`
    """
    from matplotlib.figure import Figure
    rows = [row for row in evaluation.rows if row["station"] == station]
    titles = {row["metric"]: row["title"] for row in rows}
    place = {metric: number for number, metric in enumerate(titles)}
    figure = Figure(figsize=(7.4, 0.17 * len(titles) + 1.0), layout="constrained")
    ax = figure.subplots()
    ax.axvspan(-FARTHEST, WITHIN, color="#e3eef8", linewidth=0)
    ax.axvspan(WITHIN, NEAR, color="#fdf0cd", linewidth=0)
    ax.axvspan(NEAR, FARTHEST + 1, color="#f6cfc0", linewidth=0)
    for k, generator in enumerate(evaluation.generators):
        own = [row for row in rows if row["generator"] == generator]
        x = np.clip([excess(row) for row in own], -WITHIN, FARTHEST)
        ax.plot(x, [place[row["metric"]] for row in own], "o", markersize=4, alpha=0.8,
                color=COLORS[k % len(COLORS)], label=generator)
    ax.set(yticks=range(len(titles)), ylim=(len(titles) - 0.5, -0.5),
           xlim=(-WITHIN - 0.5, FARTHEST + 0.5),
           xlabel=f"farther from the ideal than real records, sd of theirs (cut at {FARTHEST:g})")
    ax.set_yticklabels(titles.values(), fontsize=6)
    ax.tick_params(axis="x", labelsize=8)
    ax.xaxis.label.set_fontsize(8)
    ax.spines[["right", "top"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=3, fontsize=7, frameon=False)
    return figure
