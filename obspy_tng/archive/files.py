"""
Archives in files: which file has what, and has it changed?

An archive is a folder and a **path template**, such as that of SDS or BUD. ObsPy's
SDS Client knows its own; :class:`FileClient` reads any other, also folders whose
names tell nothing (then the headers do).
"""

import glob
import os
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path

from obspy import Stream, UTCDateTime, read
from obspy.core.util.base import ENTRY_POINTS

from ..exceptions import TNGInputError
from ..records.nied import from_nied

DAY = 86400.0
SMALLEST_MSEED = 128  # bytes of the shortest record
#: templates by name; ``*`` stands for anything
TEMPLATES = {
    "sds": "{year}/{network}/{station}/{channel}.*/"
           "{network}.{station}.{location}.{channel}.*.{year}.{doy}",
    "bud": "{network}/{station}/{station}.{network}.{location}.{channel}.{year}.{doy}",
    "flat": "*.mseed",
}
FIELDS = ("network", "station", "location", "channel", "year", "month", "day", "doy")
# Day files may begin a little early, and hold recordings that end after midnight.
BORDER = 1800.0
# Day files above this size hold continuous data: a day of 100 Hz takes more (Steim2,
# at best half a byte a sample), half an hour of triggered recordings takes less.
CONTINUOUS_FILE = 4_000_000
# Files whose spans are remembered: those of one station, mostly, in a few MB.
KNOWN_FILES = 4096


@dataclass(frozen=True)
class WaveformFile:
    """A file of one station: path relative to the root, span (epoch s), size, mtime in ns."""

    station: str
    path: str
    start: float
    end: float
    size: int
    mtime: int

    @property
    def mark(self):
        """What tells whether the file is still the same: ``[path, size, mtime]``."""
        return [self.path, self.size, self.mtime]


class FileClient:
    """
    Waveform files under a path template, with the methods of an ObsPy client.

    :param root: folder.
    :param template: name in :data:`TEMPLATES`, or a path below ``root`` with the fields
        {network} {station} {location} {channel} {year} {month} {day} {doy} and ``*``.
        Without network, station or date, the headers of all files that match are read once.
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
        unknown = sorted(set(re.findall(r"\{(\w*)", self.template)) - set(FIELDS))
        if unknown:
            raise TNGInputError(f"template: unknown fields {unknown}; allowed: {FIELDS}")
        self._pattern = _template_pattern(self.template)
        self._index, self._known = None, {}

    def __getstate__(self):
        # other processes read headers themselves
        return {**self.__dict__, "_index": None, "_known": {}}

    @property
    def _dated(self):
        """True if names alone tell station and day."""
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

        :return: Stream, trimmed and with seamless traces joined.
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
        stream = stream.select(network, station, location, channel)
        return stream.trim(starttime, endtime).merge(-1)

    def spans_of(self, marks):
        """
        Start and end of all traces in some files, read if they were not lately.

        :param marks: list of :attr:`WaveformFile.mark`.
        :return: list of pairs of UTCDateTimes; None where a file is continuous data, which
            is not read as a whole.
        """
        found = []
        for mark in marks:
            if mark[1] > CONTINUOUS_FILE:
                return None
            known = self._known.get(mark[0])
            if known is None or known[0] != mark[1:]:
                found += self._read(mark, None, None)[1]
            else:
                found += known[1]
        return found

    def _read(self, mark, starttime, endtime):
        """Traces of a file, and the spans of a small one, which are remembered."""
        path = os.path.join(self.root, mark[0])
        if mark[1] > CONTINUOUS_FILE:
            return read_file(path, self.format, starttime, endtime), None
        stream = read_file(path, self.format)
        spans = [(tr.stats.starttime, tr.stats.endtime) for tr in stream]
        stream = _trimmed(stream, starttime, endtime)
        if len(self._known) >= KNOWN_FILES:
            self._known.clear()
        self._known[mark[0]] = mark[1:], spans
        return stream, spans

    def _by_name(self, network, station, channels, times):
        """Files whose station and day are in their names."""
        fixed = {"network": network, "station": station, "channel": channels}
        days = [{}] if times is None else [
            {"year": f"{day.year}", "month": f"{day.month:02d}", "day": f"{day.day:02d}",
             "doy": f"{day.timetuple().tm_yday:03d}"}
            for day in _days(times[0] - BORDER, times[1] + BORDER)]
        seen = set()
        for day in days:
            wild = re.sub(r"\{(\w+)\}", lambda m, d=day: {**fixed, **d}.get(m[1], "*"),
                          self.template)
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
                            found.st_size, found.st_mtime_ns)

    def _by_header(self):
        """Files whose names tell too little: their headers are read, once."""
        if self._index is None:
            wild = re.sub(r"\{\w+\}", "*", self.template)
            self._index = [file for path in sorted(glob.iglob(wild, root_dir=self.root,
                                                              recursive=True))
                           for file in self._headers(path)]
        return self._index

    def _headers(self, path):
        """:class:`WaveformFile` of each station in a file; a file that is none is an error."""
        full = os.path.join(self.root, path)
        found, spans = os.stat(full), {}
        try:
            stream = from_nied(read(full, format=self.format, headonly=True))
        except Exception as err:  # readers raise anything; which file it was matters
            raise TNGInputError(f"{full} cannot be read as {self.format}: {err}; a template "
                                "that leaves it out helps") from err
        for tr in stream:
            spans.setdefault(f"{tr.stats.network}.{tr.stats.station}", []).append(
                (tr.stats.starttime.timestamp, tr.stats.endtime.timestamp))
        return [WaveformFile(station, path, min(s for s, _ in span), max(e for _, e in span),
                             found.st_size, found.st_mtime_ns)
                for station, span in sorted(spans.items())]


def read_file(path, format, starttime=None, endtime=None):
    """
    What :func:`obspy.read` gives, for MiniSEED in a fifth of the time.

    ``obspy.read`` looks up its plug-ins and tests for compression again for every file,
    which takes longer than to read a short recording.

    :param path: str.
    :param format: name of ObsPy's.
    :param starttime: UTCDateTime or None; readers skip what lies outside, most of a day file.
    :param endtime: UTCDateTime or None.
    :return: Stream, trimmed; empty for a MiniSEED file that has only just been begun. Traces of
        K-NET and KiK-net have SEED names and are in m/s^2.
    """
    if format == "MSEED":
        is_format, read_format = _mseed_functions()
        if os.path.getsize(path) < SMALLEST_MSEED:
            return Stream()
        if is_format(path):
            stream = read_format(path, starttime=starttime, endtime=endtime)
            for tr in stream:
                tr.stats._format = format
            return _trimmed(stream, starttime, endtime)
    return from_nied(read(path, format=format, starttime=starttime, endtime=endtime))


def _trimmed(stream, starttime, endtime):
    """As ``obspy.read`` trims: each trace, first at the start, then at the end."""
    for tr in stream:
        if starttime:
            tr.trim(starttime=starttime)
        if endtime:
            tr.trim(endtime=endtime)
    return Stream(tr for tr in stream if tr.stats.npts)


@lru_cache
def _mseed_functions():
    """``isFormat`` and ``readFormat`` of ObsPy's MiniSEED plug-in."""
    found = {point.name: point for point in entry_points(group="obspy.plugin.waveform.MSEED")}
    return found["isFormat"].load(), found["readFormat"].load()


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


def archive_days(client, channels="?N?"):
    """
    Days on which an archive in files has triggered recordings.

    :param client: see :func:`files_of`.
    :param channels: pattern of channel codes.
    :return: dict station id -> set of :class:`datetime.date`; None for other clients. Days
        with a file above 4 MB are left out: that is continuous data, which takes a catalog.
    """
    archive = files_of(client)
    if archive is None:
        return None
    days = {}
    for file in archive.files(channels=channels):
        if file.size <= CONTINUOUS_FILE:
            # as a date: UTCDateTimes cannot always be hashed (ObsPy 1.5)
            days.setdefault(file.station, set()).add(UTCDateTime(file.start).date)
    return days


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


def _days(start, end):
    """Dates from one UTCDateTime to another, both included."""
    first = start.date
    return [first + timedelta(days=i) for i in range((end.date - first).days + 1)]


def _template_pattern(template):
    """Regular expression of a path template: a group for each field, repeated ones equal."""
    seen = set()

    def group(name):
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>[^/.]*)"

    pieces = re.split(r"(\{\w+\}|\*\*/?|[*?])", template)
    plain = {"*": "[^/]*", "?": "[^/]", "**": ".*", "**/": "(?:.*/)?"}
    return re.compile("".join(group(p[1:-1]) if p.startswith("{") else plain.get(p, re.escape(p))
                              for p in pieces))
