"""
A suite as files that an analysis program reads.

============  ======================================================================
format        what is written
============  ======================================================================
``at2``       PEER AT2 in g, a file for each component
``text1``     one column: acceleration, a file for each component
``text2``     two columns: time (s), acceleration
``csv``       ``records.csv``: time and all components of all records
``opensees``  one column each, unscaled in m/s^2, and ``suite.tcl`` with a path time
              series (``dt``, ``factor`` = scale factor) for each of them
``mseed``     MiniSEED in m/s^2 with JSON beside it (:mod:`obspy_tng.records.folder`)
============  ======================================================================

All but ``opensees`` hold the scaled records. With them come ``index.csv`` and ``index.json`` (ids,
files, units, dt, scale factors, scenario, measures, SYNTHETIC where it is), ``suite.png`` and
``suite.html``.
"""

import csv
import io
import json
from pathlib import Path

import numpy as np

from .._checks import one_of
from ..exceptions import TNGInputError, warn
from ..io.at2 import write_at2
from ..records.folder import write_records
from ..records.info import record_id
from ..records.record import COMPONENTS, record_to_array
from .targets import UNITS


def write_suite(suite, folder, formats=("at2",), units="g"):
    """
    Write the records of a suite, an index, a picture and a page.

    :param suite: :class:`~obspy_tng.suites.suite.Suite`.
    :param folder: folder, made where it is missing; files of the same names are replaced.
    :param formats: names out of the table above, or ``"all"``.
    :param units: of ``text1``, ``text2`` and ``csv``: ``"g"``, ``"m/s^2"`` or ``"cm/s^2"``.
    :return: list of :class:`~pathlib.Path` of the files written.
    :raises TNGInputError: for an unknown format or unit, or ``csv`` of records of different rates.
    :raises OSError: if a file cannot be written.

    A :class:`~obspy_tng.exceptions.TNGWarning` tells of other files in the folder, such as those
    of a larger suite that was written there before.
    """
    formats = tuple(WRITERS) if formats == "all" else \
        (formats,) if isinstance(formats, str) else tuple(formats)
    for name in formats:
        one_of("formats", name, WRITERS)
    one_of("units", units, UNITS)
    if "csv" in formats and len({r[0].stats.sampling_rate for r in suite.records}) > 1:
        raise TNGInputError("formats: 'csv' has one column of times, but the records have "
                            "different sampling rates; take 'text2'")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files, of_record = [], [[] for _ in suite.records]
    for name in formats:
        for number, path in WRITERS[name](suite, folder, units):
            files.append(path)
            if number is not None:
                of_record[number].append(path.relative_to(folder).as_posix())
    files += _write_index(suite, folder, of_record, units)
    picture = folder / "suite.png"
    suite.plot().savefig(picture, dpi=150)
    suite.to_html(folder / "suite.html")
    files = [*files, picture, folder / "suite.html"]
    known = {path.with_suffix(".json") for path in files} | {*files}  # MiniSEED has its JSON
    if others := sorted(path for path in folder.rglob("*") if path.is_file() and path not in known):
        warn(f"{folder} has {len(others)} files that are not of this suite, such as "
             f"{others[0].name}; index.csv lists those that are")
    return files


def _stems(suite):
    """Names of files: number and id of the record."""
    width = len(str(len(suite)))
    return [f"{number:0{width}}_{''.join(c if c.isalnum() or c in '.-_' else '_' for c in name)}"
            for number, name in enumerate(map(record_id, suite.records), 1)]


def _each(suite):
    """Iterator of position, stem, component, samples (m/s^2) and interval (s)."""
    for number, (stem, record) in enumerate(zip(_stems(suite), suite.records, strict=True)):
        for component, samples in zip(COMPONENTS, record_to_array(record), strict=True):
            yield number, stem, component, samples, record[0].stats.delta


def _at2(suite, folder, units):
    for number, (stem, record) in enumerate(zip(_stems(suite), suite.records, strict=True)):
        for tr in record:
            path = folder / f"{stem}.{tr.stats.channel[-1]}.AT2"
            write_at2(type(record)([tr]), path)
            yield number, path


def _text1(suite, folder, units):
    for number, stem, component, samples, _ in _each(suite):
        yield number, _columns(folder / f"{stem}.{component}.txt", samples / UNITS[units])


def _text2(suite, folder, units):
    for number, stem, component, samples, dt in _each(suite):
        yield number, _columns(folder / f"{stem}.{component}.t.txt",
                               np.arange(len(samples)) * dt, samples / UNITS[units])


def _csv(suite, folder, units):
    rows = max(record[0].stats.npts for record in suite.records)
    columns = {"time_s": np.arange(rows) * suite.records[0][0].stats.delta}
    for _, stem, component, samples, _ in _each(suite):
        columns[f"{stem}.{component}_{units}"] = samples / UNITS[units]
    path = folder / "records.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in range(rows):
            writer.writerow([f"{values[row]:.7g}" if row < len(values) else ""
                             for values in columns.values()])
    yield None, path


def _opensees(suite, folder, units):
    lines = ["# OpenSees: path time series of the suite, in m and s; tag = 10 * record + component",
             f"# (1 Z, 2 N, 3 E). {suite.summary()}"]
    for number, stem, component, samples, dt in _each(suite):
        factor = float(suite.factors[number])
        path = folder / "opensees" / f"{stem}.{component}.txt"
        path.parent.mkdir(exist_ok=True)
        yield number, _columns(path, samples / factor)
        tag = 10 * (number + 1) + COMPONENTS.index(component) + 1
        lines.append(f"timeSeries Path {tag} -dt {dt:.8g} -filePath {path.name} "
                     f"-factor {factor:.8g}")
    script = folder / "opensees" / "suite.tcl"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    yield None, script


def _mseed(suite, folder, units):
    write_records(suite.records, folder / "mseed")
    for path in sorted((folder / "mseed").rglob("*.mseed")):
        yield None, path


#: format -> generator of (position of the record or None, path)
WRITERS = {"at2": _at2, "text1": _text1, "text2": _text2, "csv": _csv, "opensees": _opensees,
           "mseed": _mseed}


def _columns(path, *columns):
    """Write columns of numbers; the path."""
    path.write_text("".join(" ".join(f"{value: .7e}" for value in row) + "\n"
                            for row in zip(*columns, strict=True)), encoding="utf-8")
    return path


def _write_index(suite, folder, of_record, units):
    """``index.csv`` and ``index.json``; their paths."""
    entries = []
    for row, record, files in zip(suite.measures().rows(), suite.records, of_record, strict=True):
        tng = record[0].stats.get("tng", {})
        synthetic = tng.get("source") == "generated"
        entries.append({
            "number": row.pop("number"), "id": row.pop("id"),
            "kind": "SYNTHETIC" if synthetic else tng.get("source") or "unknown",
            "model": tng.get("model"), "seed": tng.get("seed"), "matched": tng.get("matched"),
            "scale_factor": row.pop("scale_factor"), "dt": record[0].stats.delta,
            "text_units": units, **row, "files": files})
    flat = [{key: (" ".join(value) if isinstance(value, list) else
                   json.dumps(value) if isinstance(value, dict) else value)
             for key, value in entry.items()} for entry in entries]
    names = list(dict.fromkeys(key for entry in flat for key in entry))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    (folder / "index.csv").write_text(text.getvalue(), encoding="utf-8")
    units_of = {key: unit for key, unit in suite.measures(periods=()).units.items() if unit}
    whole = {**suite.to_dict(), "units": {**units_of, "dt": "s", "rotd": "m/s^2"},
             "records": entries}
    (folder / "index.json").write_text(json.dumps(whole, indent=1, default=str) + "\n", "utf-8")
    return [folder / "index.csv", folder / "index.json"]
