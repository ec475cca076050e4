"""
Tables of intensity measures of records, as in a flatfile.
"""

import csv
import io
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from obspy import Stream
from scipy.fft import next_fast_len

from .._checks import ascending, one_of
from ..exceptions import TNGInputError
from ..records.info import record_info
from ..records.record import COMPONENTS, group_by_station, record_to_array, station_id
from ..signal import eas, intensity_measures, response_spectra, rotd
from ..signal.intensity import horizontal_measures
from .spectra import chunks

#: periods of the columns of response spectra, s
PERIODS = (0.1, 0.2, 0.5, 1.0, 2.0)
#: characters of a line of a printed table
WIDTH = 100
_UNITS = {"magnitude": "", "distance": "km", "depth": "km", "sampling_rate": "Hz", "npts": "",
          "duration": "s", "pga": "m/s^2", "pgv": "m/s", "pgd": "m", "arias": "m/s",
          "cav": "m/s", "d5_75": "s", "d5_95": "s", "tm": "s"}


@dataclass(repr=False)
class MeasureTable:
    """
    A table with a row for each record.

    :param columns: dict name -> list or array of as many values; None or NaN where not known.
    :param units: dict name -> unit, "" where there is none.
    """

    columns: dict
    units: dict

    def __len__(self):
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name):
        """Values of a column."""
        if name not in self.columns:
            raise TNGInputError(f"no column {name!r}; there are {', '.join(self.columns)}")
        return self.columns[name]

    def rows(self):
        """Iterator of dicts, one a record, with None for what is not known."""
        for values in zip(*self.columns.values(), strict=True):
            yield {name: _plain(value) for name, value in zip(self.columns, values, strict=True)}

    def to_csv(self, path=None):
        """
        The table as CSV; the header names the units: ``pga (m/s^2)``.

        :param path: file to write, or None.
        :return: str
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self._header())
        writer.writerows([["" if value is None else _number(value) for value in row.values()]
                          for row in self.rows()])
        if path is not None:
            Path(path).write_text(text.getvalue(), encoding="utf-8")
        return text.getvalue()

    def to_dataframe(self):
        """
        The table as a pandas DataFrame, with the units in ``attrs["units"]``.

        :return: ``pandas.DataFrame``
        :raises ModuleNotFoundError: without pandas.
        """
        import pandas
        frame = pandas.DataFrame({name: list(map(_plain, values))
                                  for name, values in self.columns.items()})
        frame.attrs["units"] = dict(self.units)
        return frame

    def _header(self):
        return [f"{name} ({self.units[name]})" if self.units.get(name) else name
                for name in self.columns]

    def _shown(self):
        """Header and rows as short texts."""
        return [self._header(), *([_short(value) for value in row.values()]
                                  for row in self.rows())]

    def __repr__(self):
        """What all records share in one line; below it a table, in blocks that fit a terminal."""
        columns = {name: [_short(_plain(value)) for value in values]
                   for name, values in self.columns.items()}
        same = [name for name, texts in columns.items() if len(texts) > 1 and len({*texts}) == 1]
        shared = ", ".join(f"{name} {columns[name][0]} {self.units.get(name, '')}".rstrip()
                           for name in same if columns[name][0] != "-")
        shown = [_column(name, self.units.get(name, ""), self.columns[name], texts)
                 for name, texts in columns.items() if name not in same]
        lines = [f"all records: {shared}"] if shared else []
        for number, block in enumerate(_blocks(shown)):
            lines += [""] if number else []
            lines += ["  ".join(row).rstrip() for row in zip(*block, strict=True)]
        return "\n".join(lines)

    def _repr_html_(self):
        head, *rows = self._shown()
        return ("<table><thead><tr>" + "".join(f"<th>{escape(text)}</th>" for text in head)
                + "</tr></thead><tbody>"
                + "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>"
                          for row in rows) + "</tbody></table>")


def measures(records, periods=PERIODS, component="horizontal", fas_frequencies=None,
             freqmin=None, damping=0.05):
    """
    Intensity measures and spectra of records.

    :param records: one record (Stream), an iterable of records, or a dict ``station id ->
        records``; rates and lengths may differ.
    :param periods: s, of the columns of response spectra; empty for none.
    :param component: ``"horizontal"``: geometric mean of N and E for PGA, PGV, PGD, CAV and Tm,
        both together for Arias intensity (sum) and durations, RotD50 and RotD100; or ``"Z"``,
        ``"N"``, ``"E"``: that component alone, with its PSA.
    :param fas_frequencies: Hz, of columns of the Fourier amplitude spectrum (for
        ``"horizontal"`` the effective amplitude spectrum), smoothed as in
        :func:`~obspy_tng.signal.spectra.eas`; None for none.
    :param freqmin: Hz, for PGV and PGD, see :func:`~obspy_tng.signal.intensity.ground_motion`.
    :param damping: share of critical, of the response spectra.
    :return: :class:`MeasureTable`, rows in the order of the records.
    :raises TNGInputError: if an item is not a record.

    .. rubric:: Example

    >>> from obspy_tng.records.synthetic import synthetic_record
    >>> acc = np.sin(2 * np.pi * np.arange(4000) / 100) * np.array([[0.1], [2.0], [1.0]])
    >>> table = measures(synthetic_record(acc, 100.0, "XR.AL01"), periods=[1.0])
    >>> table["pga"].round(2), table["rotd100_1s"].round(1)
    (array([1.41]), array([22.4]))
    """
    one_of("component", component, ("horizontal", *COMPONENTS))
    records = _listed(records)
    periods = ascending("periods", periods) if np.size(periods) else np.array([])
    frequencies = None if fas_frequencies is None else ascending("fas_frequencies",
                                                                 fas_frequencies)
    columns, units = _described(records)
    for rows in chunks(records):
        rate = records[rows[0]][0].stats.sampling_rate
        data = np.stack([record_to_array(records[i]) for i in rows])
        for name, unit, values in _measured(data, rate, component, periods, frequencies, freqmin,
                                            damping):
            units[name] = unit
            columns.setdefault(name, np.full(len(records), np.nan))[rows] = values
    return MeasureTable(columns, units)


def _listed(records):
    """The records of any form of the argument, as a list."""
    if isinstance(records, Stream):
        return [records]
    return [record for group in group_by_station(records).values() for record in group] \
        if isinstance(records, dict) else _in_order(records)


def _in_order(records):
    records = list(records) if hasattr(records, "__iter__") else records
    group_by_station(records)  # raises for what is not a Stream
    return records


def _described(records):
    """Columns of the metadata of records."""
    infos = [record_info(record) for record in records]
    stats = [record[0].stats for record in records]
    columns = {"id": [info["record_id"] for info in infos],
               "station": [station_id(record) for record in records],
               "source": [info["source"] for info in infos],
               "event_id": [info["event_id"] for info in infos]}
    for key in ("magnitude", "distance", "depth"):
        columns[key] = np.array([np.nan if info[key] is None else info[key] for info in infos],
                                dtype=float)
    columns["sampling_rate"] = np.array([s.sampling_rate for s in stats])
    columns["npts"] = np.array([s.npts for s in stats])
    return columns, {name: _UNITS.get(name, "") for name in columns}


def _measured(data, rate, component, periods, frequencies, freqmin, damping):
    """Iterator of name, unit and values ``(n,)`` of all columns of some records."""
    trace = None if component == "horizontal" else data[:, COMPONENTS.index(component)]
    found = horizontal_measures(data, rate, freqmin) if trace is None \
        else intensity_measures(trace, rate, freqmin)
    for name, values in found.items():
        yield name, _UNITS[name], values
    if len(periods):
        spectra = rotd(data, rate, periods, (50, 100), damping)[1] if trace is None \
            else {"psa": response_spectra(trace, rate, periods, damping)[1]}
        for kind, psa in spectra.items():
            prefix = kind if kind == "psa" else f"rotd{kind}"
            for k, period in enumerate(periods):
                yield f"{prefix}_{period:g}s", "m/s^2", psa[:, k]
    if frequencies is not None:
        name = "eas" if trace is None else "fas"
        # of a trace as of two like it; long enough for some bins in the lowest window
        nfft = next_fast_len(max(data.shape[-1], int(np.ceil(50 * rate / frequencies[0]))), True)
        _, amplitude = eas(data if trace is None else np.stack([trace] * 3, axis=1), rate,
                           frequencies, nfft=nfft)
        for k, frequency in enumerate(frequencies):
            yield f"{name}_{frequency:g}Hz", "m/s", amplitude[:, k]


def _column(name, unit, values, texts):
    """Lines of a column, of one width: name, unit, values; words to the left, numbers right."""
    lines = [name, unit, *texts]
    width = max(map(len, lines))
    words = any(isinstance(value, str) for value in values)
    return [line.ljust(width) if words else line.rjust(width) for line in lines]


def _blocks(columns):
    """Columns in groups that are not too wide, the first column before each."""
    block = []
    for column in columns:
        if len(block) > 1 and sum(len(c[0]) + 2 for c in [*block, column]) > WIDTH + 2:
            yield block
            block = [columns[0]]
        block.append(column)
    if block:
        yield block


def _plain(value):
    """Numpy to Python, NaN to None."""
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def _number(value):
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _short(value):
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
