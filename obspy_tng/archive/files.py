"""
Archives in files: contents of files, and changes of files.

An archive is a folder with a **path template**, such as that of SDS or BUD. ObsPy's SDS Client
reads SDS; :class:`FileClient` reads any other layout, also folders whose file names contain no
codes or dates (then headers are read).
"""

import glob
import os
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from pathlib import Path

from obspy import Stream, UTCDateTime, read
from obspy.core.util.base import ENTRY_POINTS

from ..exceptions import TNGInputError
from ..records.joining import join_pieces
from ..records.nied import from_nied
from .reading import (
    LARGE_FILE,
    NO_WAVEFORMS,
    header_spans,
    read_file,
    spans_in,
    trimmed,
)
from .templates import TEMPLATES, days_between, matches_code, template_pattern, wildcards

DAY = 86400.0
# s before a day from which its data are asked for, so that a recording across midnight is whole
DAY_LEAD = 60.0
# Day files may begin a little early, and hold recordings that end after midnight.
BORDER = 1800.0
# Files whose spans are remembered: those of one station, mostly, in a few MB.
KNOWN_FILES = 4096


@dataclass(frozen=True)
class WaveformFile:
    """
    A file of one station: path relative to the root, span (epoch s), size, mtime in ns.

    ``locations`` are the location codes in it, as far as they are known.
    """

    station: str
    path: str
    start: float
    end: float
    size: int
    mtime: int
    locations: tuple = ()

    @property
    def mark(self):
        """Identification of the state of the file: ``[path, size, mtime]``."""
        return [self.path, self.size, self.mtime]


class FileClient:
    """
    Waveform files under a path template, with the methods of an ObsPy client.

    :param root: folder.
    :param template: name in :data:`~obspy_tng.archive.templates.TEMPLATES`, or a path below
        ``root`` with the fields {network} {station} {location} {channel} {year} {month} {day}
        {doy} and ``*``. Without network, station or date, the headers of all files that match are
        read once; those that cannot be read are in ``unreadable``, a dict path -> reason.
    :param format: of the files, a name of ObsPy's (``"MSEED"``, ``"SAC"``, ``"ASA"``, ...).
    :raises TNGInputError: for a field or format that is not known, or a folder that is not there.

    .. rubric:: Example

    >>> from tempfile import TemporaryDirectory
    >>> from obspy import read
    >>> st = read()
    >>> with TemporaryDirectory() as folder:
    ...     os.makedirs(f"{folder}/RJOB")
    ...     st.write(f"{folder}/RJOB/2009-08-24.mseed", format="MSEED")
    ...     client = FileClient(folder, "{station}/{year}-{month}-{day}.mseed")
    ...     start = st[0].stats.starttime
    ...     len(client.get_waveforms("BW", "RJOB", "*", "EH?", start, start + 5))
    3
    """

    def __init__(self, root, template="sds", format="MSEED"):
        self.root = str(root)
        self.template = TEMPLATES.get(template, template)
        self.format = str(format).upper()  # as obspy.read takes it
        if self.format not in ENTRY_POINTS["waveform"]:
            raise TNGInputError(f"format must be one that obspy.read knows "
                                f"({', '.join(sorted(ENTRY_POINTS['waveform']))}), got {format!r}")
        if not Path(root).is_dir():
            raise TNGInputError(f"no folder {self.root}")
        self._pattern = template_pattern(self.template)
        self.unreadable = {}
        self._index, self._known, self._station = None, {}, (None, [])

    def __getstate__(self):
        # other processes read headers themselves
        return {**self.__dict__, "_index": None, "_known": {}, "_station": (None, [])}

    @property
    def _dated(self):
        """True if file names contain station and day."""
        found = set(self._pattern.groupindex)
        return {"network", "station", "year"} <= found and (
            "doy" in found or {"month", "day"} <= found)

    def files(self, station=None, channels="*", times=None):
        """
        Files of the archive.

        :param station: station id; None for all.
        :param channels: pattern of channel codes, where names tell them.
        :param times: ``(start, end)`` UTCDateTimes; None for all.
        :return: iterator of :class:`WaveformFile`, by path.
        """
        network, code = (station or "*.*").split(".")
        if not self._dated:
            found = (f for f in self._by_header() if station in (None, f.station))
        else:
            found = self._by_name(network, code, channels, times)
        for file in found:
            if times is None or (file.start - BORDER <= times[1].timestamp
                                 and file.end + BORDER >= times[0].timestamp):
                yield file

    def get_waveforms(self, network, station, location, channel, starttime, endtime):
        """
        Waveforms of one station, see :meth:`obspy.clients.filesystem.sds.Client.get_waveforms`.

        :return: Stream, trimmed, and joined where no sample is missing
            (:mod:`obspy_tng.records.joining`).
        """
        marks = [f.mark for f in self.files(f"{network}.{station}", channel, (starttime, endtime))]
        return self.read_marks(marks, network, station, location, channel, starttime, endtime)

    def read_marks(self, marks, network, station, location, channel, starttime, endtime):
        """
        What :meth:`get_waveforms` gives, of files that are known already.

        :param marks: list of :attr:`WaveformFile.mark`.
        :param network, station, location, channel, starttime, endtime: as there.
        :return: Stream
        """
        stream = Stream()
        for mark in marks:
            known = self._known.get(mark[0])
            if known and known[0] == mark[1:] and not any(
                    start <= endtime and end >= starttime for start, end in known[1]):
                continue
            stream += self._read(mark, starttime, endtime)[0]
        stream = Stream(tr for tr in stream.select(network, station, location)
                        if matches_code(tr.stats.channel, channel))
        return join_pieces(stream.trim(starttime, endtime))

    def spans_of(self, marks):
        """
        Start and end of all traces in some files, read if they were not lately.

        :param marks: list of :attr:`WaveformFile.mark`.
        :return: list of pairs of UTCDateTimes; of a file of continuous data at least one that
            is longer than :data:`~obspy_tng.archive.reading.LONGEST_RECORDING`.
        """
        found = []
        for mark in marks:
            known = self._known.get(mark[0])
            if known is not None and known[0] == mark[1:]:
                found += known[1]
            elif mark[1] > LARGE_FILE:
                spans = header_spans(os.path.join(self.root, mark[0]), self.format)
                self._remember(mark, spans)
                found += spans
            else:
                found += self._read(mark, None, None)[1]
        return found

    def station_spans(self, station, channels="*"):
        """
        Start and end of all traces of a station, see :meth:`spans_of`; remembered.

        :param station: station id.
        :param channels: pattern of channel codes, where names tell them.
        :return: list of pairs of UTCDateTimes.
        """
        if self._station[0] != (station, channels):
            marks = [file.mark for file in self.files(station, channels)]
            self._station = (station, channels), self.spans_of(marks)
        return self._station[1]

    def channel_codes(self):
        """Set of the channel codes in the archive, from names or else headers."""
        if self._dated and "channel" in self._pattern.groupindex:
            wild = wildcards(self.template)
            matches = map(self._pattern.fullmatch, glob.iglob(wild, root_dir=self.root))
            return {match["channel"] for match in matches if match}
        return {tr.stats.channel for file in self.files() for tr in from_nied(read(
            os.path.join(self.root, file.path), format=self.format, headonly=True))}

    def _remember(self, mark, spans):
        if len(self._known) >= KNOWN_FILES:
            self._known.clear()
        self._known[mark[0]] = mark[1:], spans

    def _read(self, mark, starttime, endtime):
        """Traces of a file, and the spans of a small one, which are remembered."""
        path = os.path.join(self.root, mark[0])
        if mark[1] > LARGE_FILE:
            return read_file(path, self.format, starttime, endtime), None
        stream = read_file(path, self.format)
        spans = spans_in(stream)
        stream = trimmed(stream, starttime, endtime)
        self._remember(mark, spans)
        return stream, spans

    def _by_name(self, network, station, channels, times):
        """Files whose station and day are in their names."""
        fixed = {"network": network, "station": station}
        days = [{}] if times is None else [
            {"year": f"{day.year}", "month": f"{day.month:02d}", "day": f"{day.day:02d}",
             "doy": f"{day.timetuple().tm_yday:03d}"}
            for day in days_between(times[0] - BORDER, times[1] + BORDER)]
        seen = set()
        for day, pattern in product(days, channels.split(",")):
            known = {**fixed, **day, "channel": pattern.strip()}
            wild = wildcards(self.template, known)
            for path in sorted(glob.iglob(wild, root_dir=self.root)):
                match = self._pattern.fullmatch(path)
                if match is None or path in seen:
                    continue
                seen.add(path)
                file = self._named(path, match.groupdict())
                if file is not None:
                    yield file

    def _named(self, path, fields):
        """:class:`WaveformFile` of a file name, None where it is no date or the file is gone."""
        try:
            if "doy" in fields:
                first = datetime.strptime(f"{fields['year']} {fields['doy']}", "%Y %j").date()
            else:
                first = date(*(int(fields[k]) for k in ("year", "month", "day")))
            found = os.stat(os.path.join(self.root, path))
        except (ValueError, FileNotFoundError):
            return None
        start = UTCDateTime(first).timestamp
        return WaveformFile(f"{fields['network']}.{fields['station']}", path, start, start + DAY,
                            found.st_size, found.st_mtime_ns,
                            (fields["location"],) if "location" in fields else ())

    def _by_header(self):
        """Files whose names tell too little: their headers are read, once."""
        if self._index is None:
            wild = wildcards(self.template)
            paths = glob.iglob(wild, root_dir=self.root, recursive=True)
            if wild.endswith("*"):  # any name: metadata may lie beside the waveforms
                paths = (path for path in paths if not path.lower().endswith(NO_WAVEFORMS)
                         and os.path.isfile(os.path.join(self.root, path)))
            self._index = [file for path in sorted(paths) for file in self._headers(path)]
            if self.unreadable and not self._index:
                raise TNGInputError(next(iter(self.unreadable.values()))
                                    + "; a template that leaves it out helps")
        return self._index

    def _headers(self, path):
        """:class:`WaveformFile` of each station in a file; none of a file that is unreadable."""
        full = os.path.join(self.root, path)
        found, stations = os.stat(full), {}
        try:
            stream = from_nied(read(full, format=self.format, headonly=True))
        except Exception as err:  # readers raise anything; one bad file must not stop an archive
            advice = ("; unpack it: ObsPy reads a zip only if every file in it has this format"
                      if zipfile.is_zipfile(full) else "")
            self.unreadable[path] = f"{full} cannot be read as {self.format}: {err}{advice}"
            return []
        for tr in stream:
            stations.setdefault(f"{tr.stats.network}.{tr.stats.station}", []).append(tr)
        return [WaveformFile(station, path, min(tr.stats.starttime.timestamp for tr in traces),
                             max(tr.stats.endtime.timestamp for tr in traces),
                             found.st_size, found.st_mtime_ns,
                             tuple(sorted({tr.stats.location for tr in traces})))
                for station, traces in sorted(stations.items())]


def files_of(client):
    """
    The files behind a client.

    :param client: ObsPy's SDS Client (also with another ``FMTSTR``), a :class:`FileClient`,
        or anything else.
    :return: :class:`FileClient`, or None for services and clients of other kinds.
    """
    if isinstance(client, FileClient):
        return client
    if not hasattr(client, "sds_root"):
        return None
    template = client.FMTSTR.replace("{sds_type}", client.sds_type)
    return FileClient(client.sds_root, re.sub(r"\{(\w+)[^}]*\}", r"{\1}", template),
                      getattr(client, "format", None) or "MSEED")


def archive_contents(client, channels="?N?"):
    """
    What the stations of an archive in files have.

    :param client: see :func:`files_of`.
    :param channels: pattern of channel codes.
    :return: dict station id -> (set of :class:`datetime.date`, set of location codes as far as
        names or headers tell them); None for other clients.
    """
    archive = files_of(client)
    if archive is None:
        return None
    found = {}
    for file in archive.files(channels=channels):
        days, locations = found.setdefault(file.station, (set(), set()))
        # as a date: UTCDateTimes cannot always be hashed (ObsPy 1.5)
        days.add(UTCDateTime(file.start).date)
        locations.update(file.locations)
    return found


def changed_files(root, marks):
    """
    What happened to files since they were listed.

    :param root: folder of the archive.
    :param marks: list of ``[path, size, mtime]``, see :attr:`WaveformFile.mark`.
    :return: reason in words, or None where all are as they were.
    """
    for path, size, mtime in marks:
        try:
            found = os.stat(os.path.join(root, path))
        except OSError as err:
            return f"input file {path} was removed during the run ({err.strerror})"
        if [found.st_size, found.st_mtime_ns] != [size, mtime]:
            return f"input file {path} was changed during the run"
    return None
