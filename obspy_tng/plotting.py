"""
Figures of real and generated records, side by side.

Every function takes ``groups``, a dict ``name -> records`` whose first entry is
the reference (the real records) and whose records are lists of Streams or
:class:`~obspy_tng.evaluation.recordset.RecordSet`, and returns a
:class:`matplotlib.figure.Figure` (``plot_unlabelled`` its key besides) that belongs to no
window: save it with
``figure.savefig("name.pdf")``. In a notebook it shows by itself.

.. rubric:: Example

>>> from obspy_tng.plotting import plot_confusion
>>> figure = plot_confusion({"VAE": np.eye(2)}, ["XX.AAA", "XX.BBB"])
>>> len(figure.axes)
2
"""

import numpy as np

from .exceptions import TNGInputError
from .records.record import COMPONENTS, record_to_array

# Okabe and Ito (2008): told apart with any colour vision; real records are grey.
REAL_COLOR = "#4d4d4d"
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
PANEL = (3.1, 2.6)  # inches
MOST_COLUMNS = 4  # more panels go on two rows
_GRID = {"color": "0.9", "linewidth": 0.6}


def plot_records(groups, n=4, component="N", seed=0):
    """
    Records side by side: a column for each group, each trace to its own scale.

    :param groups: see the module.
    :param n: records per group, drawn at random (all if there are fewer).
    :param component: "Z", "N" or "E".
    :param seed: seed of the choice.
    :return: Figure
    """
    groups, component_index = _listed(groups), _component(component)
    rows = min(n, max(map(len, groups.values())))
    figure, axes = _figure(1, len(groups), (PANEL[0], 0.7 * rows), sharey=True)
    rng = np.random.default_rng(seed)
    for column, (ax, (name, records)) in enumerate(zip(axes[0], groups.items(), strict=True)):
        color = REAL_COLOR if column == 0 else COLORS[(column - 1) % len(COLORS)]
        data, rate = _samples(records, np.sort(rng.permutation(len(records))[:rows]))
        times = np.arange(data.shape[-1]) / rate
        for row, trace in enumerate(data[:, component_index]):
            peak = _draw_trace(ax, times, trace, row, color)
            ax.text(times[-1], 0.28 - row, f"{peak:.2g} m/s$^2$", ha="right", fontsize=7,
                    color="0.25")
        ax.set_title(name, fontsize=9)
        ax.set(xlabel="time (s)", yticks=[], xlim=(0, times[-1]))
        ax.spines["left"].set_visible(False)
    axes[0, 0].set_ylabel(f"acceleration {component}, each to its peak")
    return figure


def plot_unlabelled(groups, n=4, component="N", seed=0):
    """
    Records of all groups in random order, with letters only: which are real?

    :param groups: see the module.
    :param n: records per group, drawn at random (all if there are fewer).
    :param component: "Z", "N" or "E".
    :param seed: seed of the choice and of the order.
    :return: Figure, and dict letter -> name of the group, from top to bottom.
    """
    groups, component_index = _listed(groups), _component(component)
    rng = np.random.default_rng(seed)
    traces = []
    for name, records in groups.items():
        data, rate = _samples(records, np.sort(rng.permutation(len(records))[:n]))
        traces += [(name, trace, rate) for trace in data[:, component_index]]
    traces = [traces[i] for i in rng.permutation(len(traces))]
    figure, axes = _figure(1, 1, (2 * PANEL[0], 0.7 * len(traces)))
    ax, key = axes[0, 0], {}
    for row, (name, trace, rate) in enumerate(traces):
        letter = chr(ord("A") + row) if row < 26 else str(row + 1)
        key[letter] = name
        _draw_trace(ax, np.arange(len(trace)) / rate, trace, row, REAL_COLOR)
        ax.text(0, 0.28 - row, letter, fontsize=8)
    ax.set(xlabel="time (s)", yticks=[], ylabel=f"acceleration {component}, each to its peak",
           xlim=(0, max(len(trace) / rate for _, trace, rate in traces)))
    ax.spines["left"].set_visible(False)
    return figure, key


def plot_hvsr_comparison(groups):
    """
    HVSR: lognormal mean and one standard deviation, a panel for each group.

    :param groups: see the module.
    :return: Figure
    """
    sets = _sets(groups)
    figure, panels = _comparison(sets, lambda s: (s.axes.frequencies, s.hvsr), "HVSR (-)",
                                 "upper right")
    for ax in panels:
        ax.set(xscale="log", yscale="log", xlabel="frequency (Hz)")
        plain_log_axes(ax)
    return figure


def plot_response_spectra(groups):
    """
    RotD50 pseudo-acceleration, 5 % damping: median and one ln standard deviation.

    :param groups: see the module.
    :return: Figure
    """
    sets = _sets(groups)
    figure, panels = _comparison(sets, lambda s: (s.axes.periods, s.rotd50),
                                 "PSA RotD50 (m/s$^2$)", "lower left")
    for ax in panels:
        ax.set(xscale="log", yscale="log", xlabel="period (s)")
        plain_log_axes(ax)
    return figure


def plot_husid(groups):
    """
    Normalised Husid curves of the horizontals: mean, one standard deviation, some records.

    :param groups: see the module.
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

    :param groups: see the module.
    :return: Figure
    """
    from .evaluation.metrics.similarity import histogram, log_bins
    sets = _sets(groups)
    reference, *others = sets.items()
    others = others or [reference]
    bins = log_bins(reference[1].axes)
    figure, panels = _panels(len(others), "share of records")
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
        15x15 matrices the stations stand at the middle of their block.
    :param stations: station ids.
    :param scores: dict ``name -> score`` for the titles; optional.
    :return: Figure
    """
    figure, panels = _panels(len(matrices), "real records", (2.5, 3.1))
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


# -- building blocks -----------------------------------------------------------------

def _figure(rows, columns, panel, **options):
    """Figure outside of pyplot, and its array of axes ``(rows, columns)``."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(panel[0] * columns + 0.5, panel[1] * rows + 0.6),
                    layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    for ax in axes.flat:
        ax.tick_params(labelsize=8)
        ax.xaxis.label.set_fontsize(9)
        ax.yaxis.label.set_fontsize(9)
        ax.spines[["right", "top"]].set_visible(False)
    return figure, axes


def _panels(count, ylabel, panel=PANEL):
    """Figure with ``count`` axes on one row or two, of one y axis."""
    columns = count if count <= MOST_COLUMNS else -(-count // 2)
    figure, axes = _figure(-(-count // columns), columns, panel, sharey=True)
    for ax in axes.flat[count:]:
        ax.set_visible(False)
    for ax in axes[:, 0]:
        ax.set_ylabel(ylabel)
    return figure, axes.flat[:count]


def _comparison(sets, curves, ylabel, legend, log=True):
    """A panel for each group but the first: its band over that of the reference."""
    reference, *others = sets.items()
    others = others or [reference]
    figure, panels = _panels(len(others), ylabel)
    for k, (ax, (name, records)) in enumerate(zip(panels, others, strict=True)):
        if name != reference[0]:
            _band(ax, *curves(reference[1]), REAL_COLOR, f"{reference[0]} ({len(reference[1])})",
                  log)
        color = COLORS[k % len(COLORS)] if name != reference[0] else REAL_COLOR
        _band(ax, *curves(records), color, f"{name} ({len(records)})", log)
        ax.grid(True, which="major", **_GRID)
        ax.legend(fontsize=7, frameon=False, loc=legend)
    return figure, panels


def _band(ax, x, values, color, label, log):
    """Mean and one standard deviation of curves; of logarithms where ``log``."""
    mean, sd = values.mean(0), values.std(0, ddof=1) if len(values) > 1 else 0 * values[0]
    low, middle, high = (np.exp(y) if log else y for y in (mean - sd, mean, mean + sd))
    ax.fill_between(x, low, high, color=color, alpha=0.22, linewidth=0)
    ax.plot(x, middle, color=color, linewidth=1.6, label=label)


def plain_log_axes(ax, which="both"):
    """
    Plain numbers (0.1, 0.2, 0.5, 1) on logarithmic axes.

    :param ax: :class:`matplotlib.axes.Axes`; it is changed.
    :param which: ``"x"``, ``"y"`` or ``"both"``.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        if which in (name, "both"):
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_formatter(NullFormatter())


def _sets(groups):
    """RecordSets of groups of Streams, on axes that suit the first group."""
    from .evaluation.axes import Axes
    from .evaluation.recordset import RecordSet
    axes, sets = None, {}
    for name, records in groups.items():
        if not isinstance(records, RecordSet):
            axes = axes or Axes.of_records(list(records))
            records = RecordSet.from_records(list(records), axes, name)
        axes = axes or records.axes
        sets[name] = records
    return sets


def _draw_trace(ax, times, trace, row, color):
    """Draw a trace to its own scale in a row of a panel; its peak."""
    peak = np.abs(trace).max()
    ax.plot(times, 0.45 * trace / peak - row, color=color, linewidth=0.4, rasterized=True)
    return peak


def _listed(groups):
    """Groups with their records as lists or RecordSets."""
    return {name: records if hasattr(records, "take") else list(records)
            for name, records in groups.items()}


def _component(component):
    """Index of a component, or a clear error."""
    if component not in tuple(COMPONENTS):
        raise TNGInputError(f"component must be one of {', '.join(COMPONENTS)}, "
                            f"got {component!r}")
    return COMPONENTS.index(component)


def _samples(records, chosen):
    """Samples ``(n, 3, npts)`` of some records of a group, and the sampling rate."""
    from .evaluation.recordset import RecordSet
    if isinstance(records, RecordSet):
        return records.take(chosen).data, records.axes.sampling_rate
    return (np.stack([record_to_array(records[i]) for i in chosen]),
            records[0][0].stats.sampling_rate)
