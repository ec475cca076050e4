"""Site response by direction."""

import numpy as np

from ..exceptions import TNGInputError
from ..hvsr_curves import hvsr
from .panels import FREQUENCY, RATIO, new_figure, plain_log_axes


def plot_azimuths(stream_or_streams, step=10, **options):
    """
    HVSR of one station by the azimuth of the horizontal motion, with the peak of each azimuth.

    :param stream_or_streams: as for :func:`obspy_tng.hvsr`.
    :param step: degrees between azimuths, a divisor of 180.
    :param options: of :func:`obspy_tng.hvsr`, except ``horizontal`` and ``azimuth``.
    :return: :class:`matplotlib.figure.Figure`: the lognormal mean curves as colours.
    :raises TNGInputError: for a step that does not divide 180, and as :func:`obspy_tng.hvsr`.
    """
    if isinstance(step, bool) or not isinstance(step, int) or step < 1 or 180 % step:
        raise TNGInputError(f"step must be an integer that divides 180, got {step!r}")
    azimuths = np.arange(0, 180 + step, step)
    curves = [hvsr(stream_or_streams, horizontal="azimuth", azimuth=float(a), **options)
              for a in azimuths[:-1]]
    curves.append(curves[0])  # north is south
    figure, axes = new_figure(1, 1, (5.5, 3.2))
    ax, frequencies = axes[0, 0], curves[0].frequencies
    mesh = ax.pcolormesh(frequencies, azimuths, np.stack([c.amplitude for c in curves]),
                         cmap="cividis", shading="gouraud", rasterized=True)
    peaks = np.array([float(c.peak.f0) for c in curves])
    ax.plot(peaks, azimuths, "o", color="white", markeredgecolor="black", markersize=3.5,
            label="f$_0$")
    ax.set(xscale="log", xlabel=FREQUENCY, ylabel="azimuth from north (°)",
           yticks=np.arange(0, 181, 30), xlim=frequencies[[0, -1]], title=curves[0].station)
    ax.title.set_fontsize(9)
    plain_log_axes(ax, "x")
    if np.isfinite(peaks).any():
        ax.legend(fontsize=7, loc="upper right")
    bar = figure.colorbar(mesh, ax=ax)
    bar.set_label(RATIO, fontsize=9)
    bar.ax.tick_params(labelsize=8)
    return figure
