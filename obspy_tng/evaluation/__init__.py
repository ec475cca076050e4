"""
Evaluation: can generated records stand in for real ones?

:func:`evaluate` compares generated with real records, question by question, and
sets every figure beside what real records score against other real records.
:func:`cross_evaluate` makes and judges generators on several splits by earthquake.

* :mod:`.hvsr`, :mod:`.specificity` - do they show the site?
* :mod:`.amplitudes`, :mod:`.spectra` - levels, durations, spectra and their spread
* :mod:`.envelope`, :mod:`.components` - arrival of energy, the three components
* :mod:`.conditioning` - magnitude and distance
* :mod:`.novelty` - copies of what was enrolled?
* :mod:`.physics` - motion at the end, before the event, above the corner

A question is one module with its figures (:class:`~.metric.Metric`); a new one is
added to ``METRICS`` in :mod:`.core`. :mod:`.recordset` measures the records,
:mod:`.floor` judges, :mod:`.report` writes the page. Folders that do not fit in memory:
:func:`obspy_tng.runs.evaluate.evaluate_folders`.
"""

from .core import METRICS, evaluate
from .crossval import cross_evaluate
from .result import Evaluation

__all__ = ["METRICS", "Evaluation", "cross_evaluate", "evaluate"]
