"""
The manifest: all units of a run, and their results.

An SQLite database beside the outputs, held open exclusively: it is the lock that
refuses a second run on the same folder, and the system releases it even if the
process is killed. Every finished unit is one transaction, made after its files are
in place. Write-ahead log: a commit costs no wait for the disk, a killed process loses
none, and a power cut at most the last ones, whose units are then done again.
"""

import contextlib
import json
import logging
import sqlite3
from collections import Counter
from pathlib import Path

from ..exceptions import TNGException, TNGInputError
from ..records.rejection import RejectedRecord
from .job import WorkUnit, value_hash

logger = logging.getLogger("obspy_tng")

NAME = "manifest.sqlite"
FORMAT = "obspy_tng manifest 2"
PENDING, DONE, FAILED = "pending", "done", "failed"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS units (
    id TEXT PRIMARY KEY, position INTEGER, spec TEXT, files TEXT, status TEXT, error TEXT,
    seconds REAL, input_hash TEXT, counts TEXT, rejected TEXT);
CREATE INDEX IF NOT EXISTS by_status ON units (status, position);
CREATE TABLE IF NOT EXISTS records (
    unit TEXT, number INTEGER, station TEXT, record_id TEXT, path TEXT, size INTEGER,
    sidecar_size INTEGER, sha256 TEXT, peaks TEXT, PRIMARY KEY (unit, number));
CREATE INDEX IF NOT EXISTS by_path ON records (path);
"""
_BATCH = 256  # rows in memory at once


class Manifest:
    """
    Open the manifest of a folder, and with it take the folder.

    :param folder: folder of the run; it must be there.
    :param read_only: True only looks at it, where the folder cannot be written.
    :raises TNGException: if another run has it, or it is not a manifest.
    """

    def __init__(self, folder, read_only=False):
        self.path = Path(folder) / NAME
        name = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1" if read_only else self.path
        try:
            self._db = sqlite3.connect(name, timeout=0.2, isolation_level=None,
                                       check_same_thread=False, uri=read_only)
        except sqlite3.Error as err:
            raise TNGException(f"{self.path} cannot be opened: {err}") from err
        if read_only:
            return
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript("BEGIN EXCLUSIVE;" + _SCHEMA + "COMMIT;")
        except sqlite3.Error as err:
            self._db.close()
            if "locked" in str(err):
                raise TNGException(f"another run is at work on {folder} ({NAME} is locked); wait "
                                   "for it, or give another output folder") from err
            raise TNGException(f"{self.path} cannot be used: {err}") from err

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._db.close()

    # -- what the run is ----------------------------------------------------------

    def agree(self, kind, settings, restart=False):
        """
        Store kind and settings of the run, or compare with those stored.

        :param kind: str.
        :param settings: dict, JSON-able.
        :param restart: whether a run of the same kind that has no records yet, since they were all
            rejected, say, begins again with the new settings.
        :raises TNGInputError: if they differ; says in what.
        """
        new = json.loads(json.dumps({"format": FORMAT, "kind": kind, **settings}, default=str))
        old = self.about("settings")
        if old is None:
            with self._transaction():
                self.note("settings", new)
                self.note("settings_hash", value_hash(new))
            return
        changed = [f"{key} was {old.get(key)!r}, is {new.get(key)!r}"
                   for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
        if changed and restart and old["kind"] == kind and next(self.records(), None) is None:
            logger.info("%s: the run has no records yet and begins again: %s", kind,
                        "; ".join(changed))
            with self._transaction():
                for table in ("units", "about"):
                    self._write(f"DELETE FROM {table}", ())
                self.note("settings", new)
                self.note("settings_hash", value_hash(new))
        elif changed:
            raise TNGInputError(f"{self.path.parent} holds a run with other settings: "
                                f"{'; '.join(changed)}. Give a new output folder, or the same "
                                "settings to resume it")

    def about(self, key):
        """A value of the whole run, or None."""
        row = self._db.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return row and json.loads(row[0])

    def note(self, key, value):
        """Store a value of the whole run."""
        self._write("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, json.dumps(value)))

    # -- units ----------------------------------------------------------------------

    def plan(self, units):
        """
        Add what is new in a plan, and find what has changed.

        A finished unit with input files that are new or changed since becomes pending
        again. Files that were removed since are no reason: raw data may be put away. A
        unit that is no longer in the plan stays.

        :param units: iterable of ``(position, WorkUnit)``.
        :return: list of ids of the units whose inputs have changed.
        """
        stale = []
        with self._transaction():
            for position, unit in units:
                files = None if unit.files is None else json.dumps(unit.files)
                row = self._db.execute("SELECT status, files FROM units WHERE id = ?",
                                       (unit.id,)).fetchone()
                if row is None:
                    self._write("INSERT INTO units (id, position, spec, files, status) "
                                "VALUES (?, ?, ?, ?, ?)",
                                (unit.id, position, json.dumps(unit.spec), files, PENDING))
                    continue
                self._write("UPDATE units SET position = ?, spec = ? WHERE id = ?",
                            (position, json.dumps(unit.spec), unit.id))
                if row[0] != DONE or _newer(row[1], unit.files):
                    self._write("UPDATE units SET files = ? WHERE id = ?", (files, unit.id))
                if row[0] == DONE and _newer(row[1], unit.files):
                    stale.append(unit.id)
        return stale

    def pending(self):
        """Iterator of the pending :class:`WorkUnit`, in order; the manifest may change."""
        last = (-1, "")
        while True:
            rows = self._db.execute(
                "SELECT position, id, spec, files FROM units WHERE status = ? AND "
                "(position, id) > (?, ?) ORDER BY position, id LIMIT ?",
                (PENDING, *last, _BATCH)).fetchall()
            for position, name, spec, files in rows:
                last = (position, name)
                yield WorkUnit(name, json.loads(spec), files and json.loads(files))
            if len(rows) < _BATCH:
                return

    def finish(self, unit_id, result):
        """Store the :class:`~obspy_tng.runs.job.Result` of a unit."""
        status = FAILED if result.error else DONE
        with self._transaction():
            self._forget(unit_id)
            self._write("UPDATE units SET status = ?, error = ?, seconds = ?, input_hash = ?, "
                        "counts = ?, rejected = ? WHERE id = ?",
                        (status, result.error, result.seconds, result.input_hash,
                         json.dumps(result.counts),
                         json.dumps([[name, *rejection.row] for name, rejection in
                                     result.rejected]), unit_id))
            for number, record in enumerate([] if result.error else result.records):
                self._write("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            (unit_id, number, record.station, record.record_id, record.path,
                             len(record.content), len(record.sidecar), record.sha256,
                             json.dumps(record.peaks)))

    def reset(self, unit_ids):
        """Make units pending again."""
        with self._transaction():
            for name in unit_ids:
                self._forget(name)
                self._write("UPDATE units SET status = ?, error = NULL, seconds = NULL, "
                            "input_hash = NULL, counts = NULL, rejected = NULL WHERE id = ?",
                            (PENDING, name))

    def statuses(self):
        """Counter of units by status."""
        return Counter(dict(self._db.execute("SELECT status, COUNT(*) FROM units GROUP BY status")))

    def failed(self):
        """Iterator of ``(id, reason)`` of the failed units, in order."""
        return self._rows("SELECT id, error FROM units WHERE status = 'failed' "
                          "ORDER BY position, id")

    def finished(self):
        """Iterator of ``(id, counts, rejected)`` of the units done, in order."""
        for name, counts, rejected in self._rows(
                "SELECT id, counts, rejected FROM units WHERE status = 'done' "
                "ORDER BY position, id"):
            yield (name, json.loads(counts),
                   [(record, RejectedRecord(*row)) for record, *row in json.loads(rejected)])

    def records(self):
        """Iterator of dicts, the records of all units done, by station, in order."""
        keys = ("unit", "station", "record_id", "path", "size", "sidecar_size", "sha256", "peaks")
        for row in self._rows(f"SELECT {', '.join(keys)} FROM records JOIN units "
                              "ON units.id = unit ORDER BY station, position, unit, number"):
            yield {**dict(zip(keys, row, strict=True)), "peaks": json.loads(row[-1])}

    def paths(self, unit_id):
        """Paths of the records of a unit."""
        return [path for path, in self._db.execute("SELECT path FROM records WHERE unit = ?",
                                                   (unit_id,))]

    def taken(self, unit_id, path):
        """True if a unit that comes before this one has a record at the same path."""
        return self._db.execute(
            "SELECT 1 FROM records JOIN units AS other ON other.id = unit, units AS this "
            "WHERE path = ? AND this.id = ? AND (other.position, other.id) < "
            "(this.position, this.id)", (path, unit_id)).fetchone() is not None

    def adopt(self, other):
        """Take over all units and records of another manifest (a shard)."""
        with self._transaction():
            for table, width in (("units", 10), ("records", 9)):
                marks = ", ".join("?" * width)
                for row in other._rows(f"SELECT * FROM {table}"):
                    self._write(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)

    # -- below -------------------------------------------------------------------------

    def _rows(self, query):
        """Rows of a query, fetched in batches."""
        cursor = self._db.execute(query)
        while rows := cursor.fetchmany(_BATCH):
            yield from rows

    def _forget(self, unit_id):
        self._write("DELETE FROM records WHERE unit = ?", (unit_id,))

    def _write(self, statement, values):
        self._db.execute(statement, values)

    @contextlib.contextmanager
    def _transaction(self):
        """All of it or nothing; a full disk is a clear error."""
        try:
            self._db.execute("BEGIN")
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error as err:
            self._roll_back()
            raise TNGException(f"{self.path} cannot be written: {err}; once that is mended, the "
                               "same command resumes the run") from err
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self):
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")


def _newer(old, files):
    """True if a file is there that was not, or was another, when the unit was done."""
    before = {mark[0]: mark for mark in (old and json.loads(old)) or ()}
    return any(before.get(mark[0]) != list(mark) for mark in files or ())

