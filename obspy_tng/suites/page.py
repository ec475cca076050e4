"""A suite as one self-contained HTML page."""

from html import escape
from pathlib import Path

import numpy as np

from .. import __version__
from .._page import captioned, facts, page, scrolled
from ..records.record import record_to_array
from .pictures import plot_panels

COLUMNS = 3  # of the figure of the records
LEAST_RATIO = 0.9


def html_page(suite, path=None):
    """
    The page: how well the suite fits, its picture, table and records.

    :param suite: :class:`~obspy_tng.suites.suite.Suite`.
    :param path: file to write, or None.
    :return: str, HTML with embedded figures and no outside resources.
    """
    generated = sum(record[0].stats.get("tng", {}).get("source") == "generated"
                    for record in suite.records)
    parts = [f"<h1>Suite for {escape(suite.target.label)}</h1>", _answer(suite, generated),
             "<div class='figures'>", *map(captioned, plot_panels(suite),
                                           ("Spectra of the records, the suite and the target",
                                            "Standard deviations of ln PSA")), "</div>",
             "<h2>Records</h2>",
             scrolled(suite.measures(periods=(0.2, 1.0))._repr_html_()),
             captioned(plot_records_of(suite),
                       "Acceleration, component N, scaled (peak in m/s²)"),
             "<h2>Target and selection</h2>", facts(_facts(suite)),
             f"<p class='note'>obspy_tng {escape(__version__)}. Amplitudes in m/s&sup2;; RotD50 "
             "and RotD100 are the median and the largest over all directions of the "
             "horizontals.</p>"]
    text = page(f"Suite for {suite.target.label}", "\n".join(parts))
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text


def plot_records_of(suite):
    """
    The records of a suite, component N, each to its own scale.

    :param suite: :class:`~obspy_tng.suites.suite.Suite`.
    :return: :class:`matplotlib.figure.Figure`
    """
    from matplotlib.figure import Figure
    rows = -(-len(suite) // COLUMNS)
    figure = Figure(figsize=(8.4, 0.9 * rows + 0.5), layout="constrained")
    axes = figure.subplots(rows, COLUMNS, squeeze=False, sharex=True)
    for ax in axes.flat[len(suite):]:
        ax.set_visible(False)
    for number, (ax, record) in enumerate(zip(axes.flat, suite.records, strict=False), 1):
        north, stats = record_to_array(record)[1], record[0].stats
        ax.plot(np.arange(len(north)) * stats.delta, north, color="#0072b2", linewidth=0.5)
        ax.set(yticks=[], xlim=(0, len(north) * stats.delta))
        ax.set_title(f"{number}: {np.abs(north).max():.2g}", fontsize=7, loc="left", pad=1)
        ax.tick_params(labelsize=7)
        ax.spines[["left", "right", "top"]].set_visible(False)
    for ax in axes[-1]:
        ax.set_xlabel("time (s)", fontsize=8)
    return figure


def _answer(suite, generated):
    """The box at the top: fit in words, and what the records are."""
    fit = suite.fit()
    lines = [f"<p><b>{escape(suite.summary())}.</b></p>"]
    met = "meets" if fit["least_ratio"] >= LEAST_RATIO else "does not meet"
    lines.append(f"<p>The arithmetic mean is at least {fit['least_ratio']:.2f} of the target's "
                 f"median over that range (this {met} the {LEAST_RATIO:g} that codes ask for).</p>")
    if suite.settings.get("matched"):
        lines.append("<p>The records were <b>spectrally matched</b>: they are no longer records "
                     f"of earthquakes; no one deviates by more than "
                     f"{100 * fit['record_error']:.0f} %.</p>")
    if generated:
        lines.append(f"<p><b>SYNTHETIC</b>: {generated} of {len(suite)} records are generated.</p>")
    return "<div class='answer'>" + "".join(lines) + "</div>"


def _facts(suite):
    target = suite.target
    yield "target", target.label
    yield "component, damping", f"{target.component}, {100 * target.damping:g} %"
    for key, value in {**target.scenario, **suite.settings}.items():
        if value is not None:
            yield key.replace("_", " "), _text(value)


def _text(value):
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
