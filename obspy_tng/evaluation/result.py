"""The result of :func:`obspy_tng.evaluate`: tables, JSON, HTML."""

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .._checks import one_of
from ..exceptions import TNGInputError
from .floor import auc_verdict
from .metrics.metric import ALL, REAL

MARKS = {"within": " ", "near": "~", "outside": "!", "below": "<", "": "?"}
LEGEND = "~ near the floor   ! outside   < below it, where less is no fault   ? not known"


@dataclass(repr=False)
class Evaluation:
    """
    Every figure of every generator, per station and pooled, beside the floor.

    :param rows: list of dicts, one for each metric, generator and station
        (``"all"`` is pooled), with the keys

        * ``question, metric, title, unit, ideal, generator, station``;
        * ``value``: the figure, mean over the comparisons;
        * ``floor, floor_spread``: real against real, mean and standard
          deviation over splits by earthquake;
        * ``distance, floor_distance, floor_distance_spread``: how far from the
          ideal (mean over stations); ``floor_distance_given``, that of the real
          records that the generator had; the verdict compares these;
        * ``one_sided``: True where less than real records have is no fault;
        * ``verdict``: "within", "near" or "outside" of what real records score, "below" for
          one-sided figures that are clearly less (see
          :class:`~obspy_tng.evaluation.floor.Floor`), "" if unknown.
    :param scores: list of dicts, one for each generator and mode of the
        specificity score (see :func:`~obspy_tng.evaluation.metrics.specificity.score_f0`).
    :param sets: ``"real"`` or generator name -> station id -> RecordSet; for plots.
    :param settings: dict.
    :param reconstruction: list of dicts, one for each generator and station whose
        reconstructions were given (see :func:`~obspy_tng.evaluation.anderson.reconstruction_rows`).
    :param critic: list of dicts, one for each generator and group of features, see
        :func:`~obspy_tng.evaluation.metrics.critic.critic_rows`.
    """

    rows: list
    scores: list
    sets: dict
    settings: dict
    reconstruction: list = field(default_factory=list)
    critic: list = field(default_factory=list)

    @property
    def generators(self):
        """Names of the generators, in the order given."""
        return [name for name in self.sets if name != REAL]

    @property
    def stations(self):
        """Station ids."""
        return list(self.sets[REAL])

    @property
    def metrics(self):
        """Names of the metrics, in the order of the tables."""
        return list(dict.fromkeys(row["metric"] for row in self.rows))

    def row(self, metric, generator=None, station=ALL):
        """
        One row.

        :param metric: name, e.g. ``"hvsr_rms"``.
        :param generator: name; may be left out if there is only one.
        :param station: station id, or ``"all"`` (default) for the pooled figure.
        :return: dict, see the class.
        :raises TNGInputError: if there is no such row.
        """
        generator = self._one_generator(generator)
        for row in self.rows:
            if (row["metric"], row["generator"], row["station"]) == (metric, generator, station):
                return row
        raise TNGInputError(f"no figure for metric {metric!r}, generator {generator!r}, station "
                            f"{station!r}; metrics: {', '.join(self.metrics)}; "
                            f"stations: {', '.join([ALL, *self.stations])}")

    def value(self, metric, generator=None, station=ALL):
        """The ``value`` of :meth:`row`."""
        return self.row(metric, generator, station)["value"]

    def score(self, generator=None, mode="log"):
        """
        Specificity score with interval, ceiling and matrices.

        :param generator: name; may be left out if there is only one.
        :param mode: ``"log"`` (default) or ``"paper"``.
        :return: dict, see :func:`~obspy_tng.evaluation.metrics.specificity.score_f0`.
        """
        generator = self._one_generator(generator)
        return next(s for s in self.scores if (s["generator"], s["mode"]) == (generator, mode))

    def _one_generator(self, name):
        if name is None and len(self.generators) == 1:
            return self.generators[0]
        return one_of("generator", name, self.sets)

    def __repr__(self):
        """The table of the pooled figures."""
        return self.table()

    def table(self, station=ALL):
        """
        Text table: a line per figure, a column per generator.

        :param station: station id, or ``"all"`` (default).
        :return: str; a value marked "~" is near the floor, one marked "!" outside, one marked "<"
            below it where less is no fault.
        """
        width = max(12, *(len(g) + 2 for g in self.generators))
        titles = {row["metric"]: row["title"] for row in self.rows}
        lines = [f"{'':52}{'ideal':>6} {'real/real':>14}"
                 + "".join(f"{g:>{width}}" for g in self.generators)]
        question = None
        for metric in self.metrics:
            rows = {row["generator"]: row for row in self.rows
                    if row["metric"] == metric and row["station"] == station}
            if not rows:
                continue
            first = next(iter(rows.values()))
            if first["question"] != question:
                question = first["question"]
                lines += ["", question]
            ideal = "real" if first["ideal"] is None else f"{first['ideal']:g}"
            floor = f"{_number(first['floor'])} ±{_number(first['floor_spread']).strip()}"
            cells = "".join(f"{_number(rows[g]['value'])} {MARKS[rows[g]['verdict']]}".rjust(width)
                            for g in self.generators)
            lines.append(f"  {titles[metric][:49]:50}{ideal:>6} {floor:>14}{cells}")
        if station == ALL:
            lines += self._critic_lines(width)
        return "\n".join([*lines, "", LEGEND])

    def _repr_html_(self):
        """The answer and the table of the pooled figures, for notebooks."""
        from .report import answer_box, metric_table
        return answer_box(self) + metric_table(self, ALL)

    def plot(self, station=ALL):
        """
        All verdicts in one picture.

        :param station: station id, or ``"all"`` (default).
        :return: :class:`matplotlib.figure.Figure`
        """
        from .summary import plot_verdicts
        return plot_verdicts(self, station)

    def to_csv(self, path=None):
        """
        All rows as CSV; unknown values are empty.

        :param path: file to write, or None.
        :return: str
        """
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self.rows[0]) if self.rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(_plain(self.rows))
        if path is not None:
            Path(path).write_text(text.getvalue(), encoding="utf-8")
        return text.getvalue()

    def to_dataframe(self):
        """
        All rows as a pandas DataFrame.

        :return: ``pandas.DataFrame``
        :raises ModuleNotFoundError: without pandas.
        """
        import pandas
        return pandas.DataFrame(self.rows)

    def _critic_lines(self, width):
        """Lines of :meth:`table` with what a classifier sees."""
        lines = ["", "Classifier, real or generated (AUC)"] if self.critic else []
        for group in dict.fromkeys(row["group"] for row in self.critic):
            rows = {row["generator"]: row for row in self.critic if row["group"] == group}
            first = next(iter(rows.values()))
            floor = f"{_number(first['floor'])} ±{_number(first['floor_spread']).strip()}"
            marks = {g: MARKS[auc_verdict(row["value"], row["floor"], row["floor_spread"])]
                     for g, row in rows.items()}
            cells = "".join(f"{_number(rows[g]['value'])} {marks[g]}".rjust(width)
                            for g in self.generators)
            lines.append(f"  {group:50}{0.5:>6} {floor:>14}{cells}")
        return lines

    def to_dict(self):
        """Rows, scores and settings as plain JSON-able Python objects."""
        sizes = {name: {s: len(records) for s, records in group.items()}
                 for name, group in self.sets.items()}
        return _plain({"settings": self.settings, "records": sizes, "rows": self.rows,
                       "scores": self.scores, "reconstruction": self.reconstruction,
                       "critic": self.critic})

    def to_json(self, path=None):
        """
        Everything but the figures as JSON; unknown values are null.

        :param path: file to write, or None.
        :return: str
        """
        text = json.dumps(self.to_dict(), indent=1, allow_nan=False)
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def to_html(self, path=None):
        """
        One self-contained HTML page with tables and figures.

        :param path: file to write, or None.
        :return: str
        """
        from .report import html_report
        text = html_report(self)
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text


def _number(value):
    return "   -" if not np.isfinite(value) else f"{value:.2f}"


def _plain(item):
    """Numpy to Python, NaN to None."""
    if isinstance(item, dict):
        return {str(key): _plain(value) for key, value in item.items()}
    if isinstance(item, list | tuple):
        return [_plain(value) for value in item]
    if isinstance(item, np.ndarray):
        return _plain(item.tolist())
    if isinstance(item, float | np.floating):
        return float(item) if np.isfinite(item) else None
    return int(item) if isinstance(item, np.integer) else item
