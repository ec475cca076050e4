"""Axes that all figures share."""


from obspy_tng import hvsr, plotting


def test_axes_are_alike(groups):
    """The same label and the same plain ticks for the same quantity, in every figure."""
    figures = [plotting.plot_hvsr_comparison(groups), hvsr(groups["real"]).plot(),
               plotting.plot_azimuths(groups["real"], step=90)]
    for figure in figures:
        ax = figure.axes[0]
        assert ax.get_xlabel() == "frequency (Hz)"
        assert {ax.xaxis.get_major_formatter()(value) for value in (0.1, 0.5, 20)} == {
            "0.1", "0.5", "20"}
    assert figures[0].axes[0].get_ylabel() == figures[1].axes[0].get_ylabel() == "HVSR (-)"
