"""
sphinx-gallery: pictures that a cell returns.

The functions of :mod:`obspy_tng.plotting` return figures that belong to no window, which
the scraper for pyplot does not see.
"""

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

DPI = 110


def returned_figure(block, block_vars, gallery_conf):
    """Save the figure that the last expression of a cell gave."""
    figure = block_vars["example_globals"].get("___")
    # a figure of pyplot has a number; one of an earlier cell is marked
    if not isinstance(figure, Figure) or hasattr(figure, "number") or hasattr(figure, "shown"):
        return ""
    figure.shown = True
    path = next(block_vars["image_path_iterator"])
    figure.savefig(path, dpi=DPI)
    return figure_rst([path], gallery_conf["src_dir"])
