"""A metric of the evaluation: its name, unit, ideal value and the distance from it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: the pooled "station" of tables
ALL = "all"
#: the name of the real records beside the generators
REAL = "real"


@dataclass(frozen=True)
class Metric:
    """
    A metric that compares other records with real ones.

    :param name: short name, unique, e.g. ``"hvsr_rms"``.
    :param title: what it is, for tables.
    :param unit: unit of the value; "" for none, "ln" for natural logarithm units.
    :param ideal: value for indistinguishable records; None where real records
        define it (then smaller values are better, down to that of real records).
    :param question: the group it belongs to, e.g. ``"HVSR and f0"``.
    :param function: ``function(real, other)``, or ``function(real, other,
        enrolled)`` where ``needs_enrolled``; each argument a
        :class:`~obspy_tng.evaluation.recordset.RecordSet`, or for ``scope
        "network"`` a dict ``station id -> RecordSet``. Returns a float; NaN
        where it is not defined.
    :param ratio: True if the value is a ratio, whose distance from the ideal
        is the absolute logarithm.
    :param scope: ``"station"`` or ``"network"`` (all stations together).
    :param needs_enrolled: see ``function``.
    """

    name: str
    title: str
    unit: str
    ideal: float | None
    question: str
    function: Callable
    ratio: bool = False
    scope: str = "station"
    needs_enrolled: bool = False

    @property
    def one_sided(self):
        """True where less than real records have is no fault: there is no ideal to miss."""
        return self.ideal is None

    def distance(self, value):
        """
        How far a value is from the ideal, >= 0; comparable between records and floor.

        :param value: float or array of values.
        :return: float or array; in ln units for ratios.

        .. rubric:: Example

        >>> spread = Metric("s", "spread", "", 1.0, "q", None, ratio=True)
        >>> print(f"{spread.distance(0.5):.3f}")
        0.693
        """
        value = np.asarray(value, dtype=float)
        if self.ideal is None:
            return value[()]
        if self.ratio:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.abs(np.log(value / self.ideal))[()]
        return np.abs(value - self.ideal)[()]

    def pool(self, values, axis=None):
        """
        Mean, geometric for ratios; NaN left out.

        :param values: array of values, any shape.
        :param axis: as in :func:`numpy.mean`.
        :return: float or array; NaN where there is no value.
        """
        if not self.ratio:
            return mean_of_known(values, axis)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.exp(mean_of_known(np.log(np.asarray(values, dtype=float)), axis))


def mean_of_known(values, axis=None):
    """
    Mean without NaN and infinite values.

    :param values: array.
    :param axis: as in :func:`numpy.mean`.
    :return: float or array; NaN where there is no value.

    .. rubric:: Example

    >>> print(mean_of_known([[1, np.nan], [3, np.nan]], axis=0))
    [ 2. nan]
    """
    values = np.asarray(values, dtype=float)
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.where(known, values, 0).sum(axis) / known.sum(axis)
