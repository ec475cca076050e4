"""Spectra, site response, energy and f0 of groups of records, compared with the first group."""

import numpy as np

from ..signal import rotd100_over_rotd50
from .panels import (
    COLORS,
    FREQUENCY,
    GRID,
    RATIO,
    REAL_COLOR,
    as_groups,
    new_figure,
    new_panels,
    plain_log_axes,
)


def plot_hvsr_comparison(groups):
    """
    HVSR: lognormal mean and one standard deviation, a panel for each group.

    :param groups: see :mod:`obspy_tng.plotting`.
    :return: Figure
    """
    sets = _sets(groups)
    figure, panels = _comparison(sets, lambda s: (s.axes.frequencies, s.hvsr), RATIO,
                                 "upper right")
    for ax in panels:
        ax.set(xscale="log", yscale="log", xlabel=FREQUENCY)
        plain_log_axes(ax)
    return figure


def plot_response_spectra(groups):
    """
    RotD50 pseudo-acceleration, 5 % damping: median and one ln standard deviation.

    :param groups: see :mod:`obspy_tng.plotting`.
    :return: Figure
    """
    sets = _sets(groups)
    figure, panels = _comparison(sets, lambda s: (s.axes.periods, s.rotd50),
                                 "PSA RotD50 (m/s$^2$)", "lower left")
    for ax in panels:
        ax.set(xscale="log", yscale="log", xlabel="period (s)")
        plain_log_axes(ax)
    return figure


def plot_rotd_ratio(groups):
    """
    RotD100 over RotD50 by period: median, one ln standard deviation, Shahi and Baker (2014).

    :param groups: see :mod:`obspy_tng.plotting`.
    :return: Figure
    """
    sets = _sets(groups)
    figure, panels = _comparison(sets, lambda s: (s.axes.periods, s.rotd_ratio),
                                 "RotD100 / RotD50 (-)", "lower right")
    periods = next(iter(sets.values())).axes.periods
    for ax in panels:
        ax.plot(periods, rotd100_over_rotd50(periods), "k:", linewidth=1.2,
                label="Shahi and Baker (2014)")
        ax.set(xscale="log", xlabel="period (s)", ylim=(1, np.sqrt(2)))
        plain_log_axes(ax, "x")
        ax.legend(fontsize=7, frameon=False, loc="lower right")
    return figure


def plot_husid(groups):
    """
    Normalised Husid curves of the horizontals: mean, one standard deviation, some records.

    :param groups: see :mod:`obspy_tng.plotting`.
    :return: Figure
    """
    sets = _sets(groups)
    figure, panels = _comparison(sets, lambda s: (s.axes.times, s.husid),
                                 "share of horizontal energy", "lower right", log=False)
    for ax, records in zip(panels, list(sets.values())[1:] or list(sets.values()), strict=True):
        color = ax.lines[-1].get_color()
        for curve in records.husid[:12]:
            ax.plot(records.axes.times, curve, color=color, linewidth=0.4, alpha=0.5)
        ax.set(xlabel="time (s)", ylim=(0, 1), xlim=(0, records.axes.window))
    return figure


def plot_f0_histograms(groups):
    """
    Distribution of f0 (frequency of the highest HVSR value), a panel for each group.

    :param groups: see :mod:`obspy_tng.plotting`.
    :return: Figure
    """
    from ..evaluation.metrics.similarity import histogram, log_bins
    sets = _sets(groups)
    reference, *others = sets.items()
    others = others or [reference]
    bins = log_bins(reference[1].axes)
    figure, panels = new_panels(len(others), "share of records")
    every = np.concatenate([records.f0 for records in sets.values()])
    for k, (ax, (name, records)) in enumerate(zip(panels, others, strict=True)):
        ax.stairs(histogram(reference[1].f0, bins), bins, fill=True, color="0.78",
                  label=f"{reference[0]} ({len(reference[1])})")
        ax.stairs(histogram(records.f0, bins), bins, color=COLORS[k % len(COLORS)],
                  linewidth=1.6, label=f"{name} ({len(records)})")
        ax.set(xscale="log", xlabel="f$_0$ (Hz)", xlim=(every.min() / 2, every.max() * 2))
        ax.margins(y=0.25)  # room for the legend
        plain_log_axes(ax, "x")
        ax.legend(fontsize=7, frameon=False)
    return figure


def plot_confusion(matrices, stations, scores=None):
    """
    Similarity of the stations' f0 distributions, real (rows) against generated (columns).

    :param matrices: dict ``name -> array (n, n)``; for interleaved 10x10 and
        15x15 matrices the station labels are at the middle of their block.
    :param stations: station ids.
    :param scores: dict ``name -> score`` for the titles; optional.
    :return: Figure
    """
    figure, panels = new_panels(len(matrices), "real records", (2.5, 3.1))
    for ax, (name, matrix) in zip(panels, matrices.items(), strict=True):
        matrix = np.asarray(matrix, dtype=float)
        image = ax.imshow(matrix, vmin=0, vmax=1, cmap="cividis")
        block = len(matrix) / len(stations)
        ticks = (np.arange(len(stations)) + 0.5) * block - 0.5
        labels = [s.split(".")[-1] for s in stations]
        ax.set_xticks(ticks, labels, rotation=90, fontsize=7)
        ax.set_yticks(ticks, labels, fontsize=7)
        if block == 1:
            for (i, j), value in np.ndenumerate(matrix):
                ax.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=7,
                        color="white" if value < 0.5 else "black")
        score = "" if not scores or not np.isfinite(scores.get(name, np.nan)) \
            else f"\nscore {scores[name]:.3f}"
        ax.set_title(name + score, fontsize=9)
        ax.set_xlabel("compared records")
    figure.colorbar(image, ax=figure.axes, shrink=0.75, label="1 - Jensen-Shannon distance")
    return figure


def plot_critic(rows):
    """
    What a classifier sees: AUC of every generator by group of features, over the floor.

    :param rows: list of dicts, see :func:`~obspy_tng.evaluation.metrics.critic.critic_rows`.
    :return: Figure
    """
    groups = list(dict.fromkeys(row["group"] for row in rows))
    names = list(dict.fromkeys(row["generator"] for row in rows))
    figure, axes = new_figure(1, 1, (1.1 * len(groups), 2.6))
    ax = axes[0, 0]
    for k, group in enumerate(groups):
        first, *_ = some = [row for row in rows if row["group"] == group]
        spread = np.nan_to_num(first["floor_spread"])
        ax.fill_between([k - 0.4, k + 0.4], first["floor"] - spread, first["floor"] + spread,
                        color=REAL_COLOR, alpha=0.25, linewidth=0,
                        label="real / real" if k == 0 else None)
        for i, row in enumerate(some):
            at = k + 0.6 * ((i + 0.5) / len(some) - 0.5)
            color = COLORS[names.index(row["generator"]) % len(COLORS)]
            ax.plot([at, at], [row["low"], row["high"]], color=color, linewidth=1)
            ax.plot(at, row["value"], "o", color=color, markersize=4,
                    label=row["generator"] if k == 0 else None)
    ax.axhline(0.5, color="0.7", linewidth=0.8)
    ax.set_ylim(0.3, 1.02)
    ax.set_xticks(range(len(groups)), groups)
    ax.set_ylabel("AUC")
    ax.legend(fontsize=7, frameon=False, loc="lower left", ncols=2)
    return figure


def _comparison(sets, curves, ylabel, legend, log=True):
    """A panel for each group but the first: its band over that of the reference."""
    reference, *others = sets.items()
    others = others or [reference]
    figure, panels = new_panels(len(others), ylabel)
    for k, (ax, (name, records)) in enumerate(zip(panels, others, strict=True)):
        if name != reference[0]:
            _band(ax, *curves(reference[1]), REAL_COLOR, f"{reference[0]} ({len(reference[1])})",
                  log)
        color = COLORS[k % len(COLORS)] if name != reference[0] else REAL_COLOR
        _band(ax, *curves(records), color, f"{name} ({len(records)})", log)
        ax.grid(True, which="major", **GRID)
        ax.legend(fontsize=7, frameon=False, loc=legend)
    return figure, panels


def _band(ax, x, values, color, label, log):
    """Mean and one standard deviation of curves; of logarithms where ``log``."""
    mean, sd = values.mean(0), values.std(0, ddof=1) if len(values) > 1 else 0 * values[0]
    low, middle, high = (np.exp(y) if log else y for y in (mean - sd, mean, mean + sd))
    ax.fill_between(x, low, high, color=color, alpha=0.22, linewidth=0)
    ax.plot(x, middle, color=color, linewidth=1.6, label=label)


def _sets(groups):
    """RecordSets of groups of Streams, on axes that suit the first group."""
    from ..evaluation.axes import Axes
    from ..evaluation.recordset import RecordSet
    axes, sets = None, {}
    for name, records in as_groups(groups).items():
        if not isinstance(records, RecordSet):
            axes = axes or Axes.of_records(list(records))
            records = RecordSet.from_records(list(records), axes, name)
        axes = axes or records.axes
        sets[name] = records
    return sets
