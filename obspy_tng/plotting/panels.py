"""Common parts of all figures: colours, axes, ticks and labels."""

from obspy import Stream

from ..exceptions import TNGInputError
from ..records.record import group_by_station

# Okabe and Ito (2008): distinct for any colour vision; real records are grey.
REAL_COLOR = "#4d4d4d"
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
PANEL = (3.1, 2.6)  # inches
GRID = {"color": "0.9", "linewidth": 0.6}
FREQUENCY, RATIO = "frequency (Hz)", "HVSR (-)"
_MOST_COLUMNS = 4  # more panels go on two rows


def as_groups(groups):
    """
    Groups of records from any form of the argument.

    :param groups: dict ``name -> records``, or records alone: a list of Streams, one Stream, a
        RecordSet.
    :return: dict ``name -> list of Streams, or RecordSet``.
    :raises TypeError: for anything else.
    :raises TNGInputError: without groups, or for a group without records.
    """
    if isinstance(groups, Stream):
        groups = [groups]
    if not isinstance(groups, dict):
        groups = {"records": groups}
    if not groups:
        raise TNGInputError("nothing to plot: groups is empty")
    return {name: records if hasattr(records, "take") else _records_of(name, records)
            for name, records in groups.items()}


def _records_of(name, records):
    """List of a group's records, checked."""
    records = list(records) if hasattr(records, "__iter__") else records
    group_by_station(records)  # raises for what is not a Stream
    if not records:
        raise TNGInputError(f"nothing to plot: group {name!r} has no records")
    return records


def new_figure(rows, columns, panel, **options):
    """
    Figure outside of pyplot.

    :param rows: number of rows.
    :param columns: number of columns.
    :param panel: width and height of one, inches.
    :param options: of :meth:`matplotlib.figure.Figure.subplots`.
    :return: Figure, and its array of axes ``(rows, columns)``.
    """
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


def new_panels(count, ylabel, panel=PANEL):
    """
    Figure with panels on one row or two, of one y axis.

    :param count: number of panels.
    :param ylabel: label of that axis.
    :param panel: width and height of one, inches.
    :return: Figure, and its axes.
    """
    columns = count if count <= _MOST_COLUMNS else -(-count // 2)
    figure, axes = new_figure(-(-count // columns), columns, panel, sharey=True)
    for ax in axes.flat[count:]:
        ax.set_visible(False)
    for ax in axes[:, 0]:
        ax.set_ylabel(ylabel)
    return figure, axes.flat[:count]


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
