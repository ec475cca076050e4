"""
Evaluation: can generated records stand in for real ones?

:func:`evaluate` compares generated with real records, question by question, and
sets every metric beside what real records score against other real records.
:func:`cross_evaluate` builds and evaluates generators on several splits by earthquake.

:mod:`.metrics` has one module per question, each with its metrics
(:class:`~.metrics.metric.Metric`); a new one is added to ``METRICS`` there. :mod:`.recordset`
measures the records, :mod:`.comparisons` makes the table, :mod:`.floor` judges, and :mod:`.report`
writes the page. Folders that do not fit in memory:
:func:`obspy_tng.runs.evaluate.evaluate_folders`.
"""

from .compare import evaluate
from .cross_evaluation import cross_evaluate
from .metrics import METRICS
from .result import Evaluation

__all__ = ["METRICS", "Evaluation", "cross_evaluate", "evaluate"]
