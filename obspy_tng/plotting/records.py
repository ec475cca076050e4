"""Records as waveforms, side by side or without labels."""

import numpy as np

from ..exceptions import TNGInputError
from ..records.record import COMPONENTS, record_to_array
from .panels import COLORS, PANEL, REAL_COLOR, as_groups, new_figure


def plot_records(groups, n=4, component="N", seed=0):
    """
    Records side by side: a column for each group, each trace to its own scale.

    :param groups: see :mod:`obspy_tng.plotting`.
    :param n: records per group, drawn at random (all if there are fewer).
    :param component: "Z", "N" or "E".
    :param seed: seed of the choice.
    :return: Figure
    """
    groups, component_index = as_groups(groups), _component(component)
    rows = min(n, max(map(len, groups.values())))
    figure, axes = new_figure(1, len(groups), (PANEL[0], 0.7 * rows), sharey=True)
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
    Records of all groups in random order, labelled by letters only: which are real?

    :param groups: see :mod:`obspy_tng.plotting`.
    :param n: records per group, drawn at random (all if there are fewer).
    :param component: "Z", "N" or "E".
    :param seed: seed of the choice and of the order.
    :return: Figure, and dict letter -> name of the group, from top to bottom.
    """
    groups, component_index = as_groups(groups), _component(component)
    rng = np.random.default_rng(seed)
    traces = []
    for name, records in groups.items():
        data, rate = _samples(records, np.sort(rng.permutation(len(records))[:n]))
        traces += [(name, trace, rate) for trace in data[:, component_index]]
    traces = [traces[i] for i in rng.permutation(len(traces))]
    figure, axes = new_figure(1, 1, (2 * PANEL[0], 0.7 * len(traces)))
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


def _draw_trace(ax, times, trace, row, color):
    """Draw a trace to its own scale in a row of a panel; its peak."""
    peak = np.abs(trace).max()
    ax.plot(times, 0.45 * trace / peak - row, color=color, linewidth=0.4, rasterized=True)
    return peak


def _component(component):
    """Index of a component, or a clear error."""
    if component not in tuple(COMPONENTS):
        raise TNGInputError(f"component must be one of {', '.join(COMPONENTS)}, "
                            f"got {component!r}")
    return COMPONENTS.index(component)


def _samples(records, chosen):
    """Samples ``(n, 3, npts)`` of some records of a group, and the sampling rate."""
    from ..evaluation.recordset import RecordSet
    if isinstance(records, RecordSet):
        return records.take(chosen).data, records.axes.sampling_rate
    return (np.stack([record_to_array(records[i]) for i in chosen]),
            records[0][0].stats.sampling_rate)
