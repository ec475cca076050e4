"""
Target spectra: mean and spread that the records of a suite should have.

A :class:`Target` is a median response spectrum, if known with the standard deviation of
its logarithm and the correlation between periods. It comes from arrays, a CSV file, ground-motion
models (:mod:`.models`), a conditional spectrum (:mod:`obspy_tng.suites.conditional`) or the
shape of a code (:mod:`obspy_tng.suites.codes`).
"""

import csv
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from .._checks import ascending, one_of, positive, within
from ..exceptions import TNGInputError
from ..signal.directionality import LN_RATIO_SD, rotd100_over_rotd50
from ..signal.intensity import STANDARD_GRAVITY
from .correlations import baker_jayaram

#: which combination of the horizontals a spectrum is of
COMPONENTS = ("rotd50", "rotd100", "geomean")
#: m/s^2 in one of these units
UNITS = {"m/s^2": 1.0, "g": STANDARD_GRAVITY, "cm/s^2": 0.01}


@dataclass(frozen=True, eq=False)
class Target:
    """
    A target response spectrum.

    :param periods: s, ascending, ``(nper,)``.
    :param ln_mean: mean of ln pseudo-acceleration in m/s^2, ``(nper,)``.
    :param ln_sd: standard deviation of ln pseudo-acceleration, ``(nper,)``; None for a
        target of the mean only.
    :param correlation: correlation of ln pseudo-acceleration between periods ``(nper, nper)``;
        None takes [Baker_Jayaram2008]_ (see :mod:`.correlations`).
    :param component: ``"rotd50"``, ``"rotd100"`` or ``"geomean"`` (of N and E as recorded).
    :param damping: share of critical.
    :param label: name, for figures and files.
    :param scenario: dict of its origin, for the index of a suite.
    :raises TNGInputError: for shapes that do not fit, or values that are not possible.

    .. rubric:: Example

    >>> target = Target.from_psa([0.1, 1.0], [0.8, 0.4], ln_sd=0.6, units="g")
    >>> target.psa.round(2)
    array([7.85, 3.92])
    """

    periods: np.ndarray
    ln_mean: np.ndarray
    ln_sd: np.ndarray | None = None
    correlation: np.ndarray | None = None
    component: str = "rotd50"
    damping: float = 0.05
    label: str = "target"
    scenario: dict = field(default_factory=dict)

    def __post_init__(self):
        def put(name, value):
            object.__setattr__(self, name, value)
        periods = ascending("periods", self.periods)
        put("periods", periods)
        put("ln_mean", _array("ln_mean", self.ln_mean, periods.shape))
        one_of("component", self.component, COMPONENTS)
        within("damping", self.damping, 0, 1, "()")
        if self.ln_sd is not None:
            put("ln_sd", _array("ln_sd", np.broadcast_to(self.ln_sd, periods.shape).copy(),
                                periods.shape))
            if (self.ln_sd < 0).any():
                raise TNGInputError(f"ln_sd must not be negative, got {self.ln_sd.min():g}")
        if self.correlation is not None:
            if self.ln_sd is None:
                raise TNGInputError("correlation needs ln_sd")
            put("correlation", _array("correlation", self.correlation, 2 * periods.shape))
            if not np.allclose(self.correlation, self.correlation.T, atol=1e-8) \
                    or (np.abs(self.correlation) > 1 + 1e-8).any():
                raise TNGInputError("correlation must be symmetric with values from -1 to 1")

    @classmethod
    def from_psa(cls, periods, psa, ln_sd=None, units="m/s^2", **options):
        """
        Target of median pseudo-acceleration.

        :param periods: s, ascending.
        :param psa: median, above 0.
        :param ln_sd: see the class; a number stands for all periods.
        :param units: of ``psa``: ``"m/s^2"``, ``"g"`` or ``"cm/s^2"``.
        :param options: see the class.
        :return: Target
        """
        one_of("units", units, UNITS)
        psa = np.asarray(psa, dtype=np.float64)
        if not (np.isfinite(psa) & (psa > 0)).all():
            raise TNGInputError("psa must be finite and above 0")
        return cls(periods, np.log(psa * UNITS[units]), ln_sd, **options)

    @classmethod
    def from_csv(cls, path, units="m/s^2", **options):
        """
        Target from a CSV file of period, median and, where there is a third column, sd of ln.

        :param path: of a file; lines that do not begin with a number (headers) are left out, as is
            the byte order mark of spreadsheets.
        :param units: of the second column, see :meth:`from_psa`.
        :param options: see the class; ``label`` is the file's name unless it is given.
        :return: Target
        :raises TNGInputError: if the lines have other numbers of values, or texts among them.
        :raises OSError: if the file cannot be read.
        """
        # headers may have any encoding, and numbers have the same bytes in all of them
        text = Path(path).read_text("utf-8-sig", errors="replace")
        lines = [[value for value in row if value.strip()] for row in csv.reader(text.splitlines())]
        rows = [[_number(value) for value in row] for row in lines
                if row and _number(row[0]) is not None]
        if not rows or any(None in row or len(row) != len(rows[0]) for row in rows) or not (
                2 <= len(rows[0]) <= 3):
            raise TNGInputError(f"{str(path)!r} must have lines of period, spectral acceleration "
                                "and, if known, sd of ln, separated by commas")
        columns = np.array(rows).T
        options.setdefault("label", Path(path).stem)
        return cls.from_psa(columns[0], columns[1], columns[2] if len(columns) > 2 else None,
                            units, **options)

    def to_csv(self, path=None):
        """
        Period (s), median (m/s^2) and, where known, sd of ln, as :meth:`from_csv` reads them.

        :param path: file to write, or None.
        :return: str
        """
        columns = [self.periods, self.psa] + ([] if self.ln_sd is None else [self.ln_sd])
        names = ["period_s", f"{self.component}_m/s^2", "ln_sd"][:len(columns)]
        text = "\n".join([",".join(names), *(",".join(f"{value:.6g}" for value in row)
                                             for row in zip(*columns, strict=True))]) + "\n"
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    @property
    def psa(self):
        """Median pseudo-acceleration in m/s^2, ``(nper,)``."""
        return np.exp(self.ln_mean)

    @property
    def covariance(self):
        """Covariance of ln pseudo-acceleration ``(nper, nper)``; zeros where no sd is known."""
        if self.ln_sd is None:
            return np.zeros(2 * self.periods.shape)
        correlation = self.correlation
        if correlation is None:
            correlation = baker_jayaram(self.periods)
        return correlation * np.outer(self.ln_sd, self.ln_sd)

    def at(self, periods):
        """
        The target at other periods, linear in ln period.

        :param periods: s, ascending, within those of the target.
        :return: Target
        :raises TNGInputError: for periods outside.
        """
        periods = ascending("periods", periods, self.periods[0] * (1 - 1e-9),
                            self.periods[-1] * (1 + 1e-9))
        x, known = np.log(periods), np.log(self.periods)
        # weights (nper of the new ones, nper): what is linear is interpolated by them
        weights = np.stack([np.interp(x, known, unit) for unit in np.eye(len(known))], axis=1)
        sd = None if self.ln_sd is None else weights @ self.ln_sd
        correlation = self.correlation
        if correlation is not None:
            correlation = weights @ correlation @ weights.T
            np.fill_diagonal(correlation, 1.0)
        return replace(self, periods=periods, ln_mean=weights @ self.ln_mean, ln_sd=sd,
                       correlation=correlation)

    def within(self, low, high):
        """
        The target at its periods between two.

        :param low: s.
        :param high: s, above ``low``.
        :return: Target, with the two ends as periods.
        :raises TNGInputError: if they are not within the periods of the target.
        """
        if not positive("low", low) < positive("high", high):
            raise TNGInputError(f"low must be below high, got {low!r} and {high!r}")
        inside = (self.periods > low * (1 + 1e-6)) & (self.periods < high * (1 - 1e-6))
        return self.at(np.concatenate([[low], self.periods[inside], [high]]))

    def scaled(self, factor):
        """
        The target times a factor, such as 1.5 for the rarer earthquake of a code.

        :param factor: above 0.
        :return: Target
        """
        return replace(self, ln_mean=self.ln_mean + np.log(positive("factor", factor)))

    def as_rotd100(self):
        """
        The target of the largest direction, from that of the median ([ShahiBaker2014]_).

        :return: Target of ``component="rotd100"``; the sd grows by the scatter of the ratio.
        :raises TNGInputError: if it is not of RotD50.
        """
        if self.component != "rotd50":
            raise TNGInputError(f"as_rotd100() takes a target of 'rotd50', got {self.component!r}")
        return replace(self, component="rotd100",
                       ln_mean=self.ln_mean + np.log(rotd100_over_rotd50(self.periods)),
                       ln_sd=None if self.ln_sd is None else np.hypot(self.ln_sd, LN_RATIO_SD))

    def to_dict(self):
        """The target in the index of a suite, as plain Python objects."""
        return {"label": self.label, "component": self.component, "damping": self.damping,
                "units": "m/s^2", "scenario": self.scenario, "periods": self.periods.tolist(),
                "psa": self.psa.tolist(),
                "ln_sd": None if self.ln_sd is None else self.ln_sd.tolist()}

    def __repr__(self):
        spread = "no sd" if self.ln_sd is None else \
            f"sd of ln {self.ln_sd.min():.2f} to {self.ln_sd.max():.2f}"
        return (f"Target({self.label!r}, {self.component}, {len(self.periods)} periods "
                f"{self.periods[0]:g} to {self.periods[-1]:g} s, {spread})")


def _number(text):
    """A number, or None for another text."""
    try:
        return float(text)
    except ValueError:
        return None


def _array(name, values, shape):
    """Finite float64 array of a shape, or a clear error."""
    values = np.asarray(values, dtype=np.float64)
    if values.shape != shape:
        raise TNGInputError(f"{name} must have shape {shape}, as periods require, got "
                            f"{values.shape}")
    if not np.isfinite(values).all():
        raise TNGInputError(f"{name} has values that are not finite")
    return values
