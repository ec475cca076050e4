"""
Figures of real and generated records, side by side.

Every function takes ``groups``, a dict ``name -> records`` whose first entry is
the reference (the real records) and whose records are lists of Streams or
:class:`~obspy_tng.evaluation.recordset.RecordSet`, or records alone. It returns a
:class:`matplotlib.figure.Figure` (``plot_unlabelled`` also the key). Save it with
``figure.savefig("name.pdf")``; a notebook displays it.

.. rubric:: Example

>>> import numpy as np
>>> from obspy_tng.plotting import plot_confusion
>>> figure = plot_confusion({"VAE": np.eye(2)}, ["XX.AAA", "XX.BBB"])
>>> len(figure.axes)
2
"""

from .comparison import (
    plot_confusion,
    plot_critic,
    plot_f0_histograms,
    plot_husid,
    plot_hvsr_comparison,
    plot_response_spectra,
    plot_rotd_ratio,
)
from .panels import COLORS, REAL_COLOR, plain_log_axes
from .records import plot_records, plot_unlabelled
from .site import plot_azimuths

__all__ = ["COLORS", "REAL_COLOR", "plain_log_axes", "plot_azimuths", "plot_confusion",
           "plot_critic", "plot_f0_histograms", "plot_husid", "plot_hvsr_comparison",
           "plot_records", "plot_response_spectra", "plot_rotd_ratio", "plot_unlabelled"]
