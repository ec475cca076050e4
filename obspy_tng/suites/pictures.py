"""The picture of a suite: spectra of its records, its mean and spread, the target's."""

import numpy as np

from ..plotting import COLORS, REAL_COLOR, plain_log_axes

SIZE = (8.4, 3.8)  # inches


def plot_suite(suite):
    """
    Spectra of a suite against its target, and the two standard deviations.

    :param suite: :class:`~obspy_tng.suites.suite.Suite`.
    :return: :class:`matplotlib.figure.Figure`
    """
    from matplotlib.figure import Figure
    figure = Figure(figsize=SIZE, layout="constrained")
    spectra, spread = figure.subplots(1, 2, width_ratios=(1.6, 1))
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
        spread.plot(periods, sd, color=COLORS[0], linewidth=2, label="suite")
    if wanted.ln_sd is not None:
        spectra.fill_between(periods, np.exp(wanted.ln_mean - wanted.ln_sd),
                             np.exp(wanted.ln_mean + wanted.ln_sd), color=REAL_COLOR, alpha=0.15,
                             linewidth=0, label="target, ± 1 sd")
        spread.plot(periods, wanted.ln_sd, color=REAL_COLOR, linewidth=2, linestyle="--",
                    label="target")
    names = {"rotd50": "RotD50", "rotd100": "RotD100", "geomean": "geometric mean"}
    spectra.set(xscale="log", yscale="log", xlabel="period (s)",
                ylabel=f"PSA {names[suite.target.component]} (m/s$^2$)",
                title=f"{len(suite)} records for {suite.target.label}")
    spread.set(xscale="log", xlabel="period (s)", ylabel="sd of ln PSA", ylim=(0, None),
               title="spread")
    plain_log_axes(spectra)
    plain_log_axes(spread, "x")
    for ax in (spectra, spread):
        ax.title.set_fontsize(9)
        ax.tick_params(labelsize=8)
        ax.grid(True, which="major", color="0.9", linewidth=0.6)
        ax.spines[["right", "top"]].set_visible(False)
        ax.legend(fontsize=7, frameon=False)
    return figure
