"""The picture of a suite: spectra of its records, its mean and spread, the target's."""

import numpy as np

from ..plotting import COLORS, REAL_COLOR, plain_log_axes

SIZES = (4.8, 3.6), (3.4, 3.6)  # inches, of the two panels
NAMES = {"rotd50": "RotD50", "rotd100": "RotD100", "geomean": "geometric mean"}


def plot_suite(suite):
    """
    Spectra of a suite against its target, and the two standard deviations.

    :param suite: :class:`~obspy_tng.suites.suite.Suite`.
    :return: :class:`matplotlib.figure.Figure`
    """
    from matplotlib.figure import Figure
    (first, height), (second, _) = SIZES
    figure = Figure(figsize=(first + second, height), layout="constrained")
    spectra, spread = figure.subplots(1, 2, width_ratios=(first, second))
    draw_spectra(spectra, suite)
    draw_spread(spread, suite)
    return figure


def plot_panels(suite):
    """
    The two panels of :func:`plot_suite` as figures of their own, for narrow pages.

    :param suite: :class:`~obspy_tng.suites.suite.Suite`.
    :return: list of two :class:`matplotlib.figure.Figure`
    """
    from matplotlib.figure import Figure
    figures = [Figure(figsize=SIZES[0], layout="constrained") for _ in range(2)]
    for figure, draw in zip(figures, (draw_spectra, draw_spread), strict=True):
        draw(figure.subplots(), suite)
    return figures


def draw_spectra(spectra, suite):
    """
    Draw the spectra of the records, of the suite and of the target.

    :param spectra: :class:`matplotlib.axes.Axes`; it is changed.
    :param suite: :class:`~obspy_tng.suites.suite.Suite`.
    """
    periods, wanted = suite.periods, suite.wanted
    for ln_psa in suite.ln_psa:
        spectra.plot(periods, np.exp(ln_psa), color=COLORS[0], linewidth=0.5, alpha=0.5)
    mean = suite.ln_psa.mean(0)
    spectra.plot(periods, np.exp(mean), color=COLORS[0], linewidth=2, label="suite, median")
    spectra.plot(periods, wanted.psa, color=REAL_COLOR, linewidth=2, linestyle="--",
                 label="target, median")
    if len(suite) > 1:
        sd = suite.ln_psa.std(0, ddof=1)
        for sign in (-1, 1):
            spectra.plot(periods, np.exp(mean + sign * sd), color=COLORS[0], linewidth=1,
                         label="suite, ± 1 sd" if sign > 0 else None)
    if wanted.ln_sd is not None:
        spectra.fill_between(periods, np.exp(wanted.ln_mean - wanted.ln_sd),
                             np.exp(wanted.ln_mean + wanted.ln_sd), color=REAL_COLOR, alpha=0.15,
                             linewidth=0, label="target, ± 1 sd")
    spectra.set(xscale="log", yscale="log", xlabel="period (s)",
                ylabel=f"PSA {NAMES[suite.target.component]} (m/s$^2$)",
                title=f"{len(suite)} records for {suite.target.label}")
    plain_log_axes(spectra)
    _finish(spectra)


def draw_spread(spread, suite):
    """
    Draw the standard deviations of the suite and of the target.

    :param spread: :class:`matplotlib.axes.Axes`; it is changed.
    :param suite: :class:`~obspy_tng.suites.suite.Suite`.
    """
    wanted = suite.wanted
    if len(suite) > 1:
        spread.plot(suite.periods, suite.ln_psa.std(0, ddof=1), color=COLORS[0], linewidth=2,
                    label="suite")
    if wanted.ln_sd is not None:
        spread.plot(suite.periods, wanted.ln_sd, color=REAL_COLOR, linewidth=2, linestyle="--",
                    label="target")
    spread.set(xscale="log", xlabel="period (s)", ylabel="sd of ln PSA", ylim=(0, None),
               title="spread")
    plain_log_axes(spread, "x")
    _finish(spread)


def _finish(ax):
    """Sizes, grid and legend of a panel."""
    ax.title.set_fontsize(9)
    ax.tick_params(labelsize=8)
    ax.grid(True, which="major", color="0.9", linewidth=0.6)
    ax.spines[["right", "top"]].set_visible(False)
    ax.legend(fontsize=7, frameon=False)
