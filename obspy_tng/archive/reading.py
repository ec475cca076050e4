"""
Reading files of an archive, fast for MiniSEED, and their time spans.
"""

import io
import os
from functools import lru_cache
from importlib.metadata import entry_points

from obspy import Stream, read

from ..records.nied import from_nied

SMALLEST_MSEED = 128  # bytes of the shortest record
LONGEST_MSEED = 4096  # bytes of the longest record in common use
#: ends of names of files that lie beside waveforms
NO_WAVEFORMS = (".xml", ".csv", ".json", ".md")
# Day files above this size may hold continuous data: a day of 100 Hz takes more (Steim2, at
# best half a byte a sample). So much of them is looked at to know; an hour of it is in there.
LARGE_FILE = 4_000_000
# A recording longer than this is continuous data (s), also where gaps cut it, shorter than that.
LONGEST_RECORDING, TELEMETRY_GAP = 1800.0, 10.0


def header_spans(path, format):
    """
    Spans of the traces in a large file; of MiniSEED that begins with continuous data, of its
    beginning.

    :param path: str.
    :param format: name of ObsPy's.
    :return: list of ``(start, end)`` UTCDateTimes.
    """
    if format == "MSEED":
        with open(path, "rb") as file:
            content = file.read(LARGE_FILE // LONGEST_MSEED * LONGEST_MSEED)
        spans = spans_in(read(io.BytesIO(content), format="MSEED", headonly=True))
        if continuous_spans(spans):
            return spans
    return spans_in(read(path, format=format, headonly=True))


def continuous_spans(spans):
    """
    Stretches of continuous data: pieces with gaps below :data:`TELEMETRY_GAP` between them.

    :param spans: list of ``(start, end)`` UTCDateTimes, in any order.
    :return: list of ``(start, end)`` of those longer than :data:`LONGEST_RECORDING`, less a
        minute; triggered recordings are in none of them.
    """
    chains = []
    for start, end in sorted(spans, key=lambda span: (span[0].timestamp, span[1].timestamp)):
        if chains and start - chains[-1][1] <= TELEMETRY_GAP:
            chains[-1] = chains[-1][0], max(chains[-1][1], end)
        else:
            chains.append((start, end))
    return [(start, end) for start, end in chains if end - start >= LONGEST_RECORDING - 60]


def spans_in(stream):
    """List of ``(start, end)`` of the traces of a Stream."""
    return [(tr.stats.starttime, tr.stats.endtime) for tr in stream]


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
            return trimmed(stream, starttime, endtime)
    return from_nied(read(path, format=format, starttime=starttime, endtime=endtime))


def is_mseed(path):
    """True for a MiniSEED file, by its content."""
    return os.path.getsize(path) >= SMALLEST_MSEED and bool(_mseed_functions()[0](str(path)))


def trimmed(stream, starttime, endtime):
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
