"""
From a text file to a Stream
============================

Every text format is a function that makes :class:`~.component.Component` objects of one
record of a file; all the rest is here and the same for all: keywords, several records in
a file, files that are cut short.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from obspy import Stream

from ...exceptions import TNGInputError, warn
from .component import Component, to_stream
from .counts import beside_times, check_count, without_times
from .fortran import last_line, numeric_block, parse_block, parse_table, without_cut_number
from .textfile import TextFile, TextRecord, peek_lines

_PEEK = 8192
_SHOWN = 60


class TextFormat(NamedTuple):
    """
    Description of a text format.

    ``name`` is ObsPy's name of it, ``claims`` a function of the first lines of a file (upper
    case) that says whether it is one, ``parse`` a function of a :class:`Record` that gives its
    Components. ``marks`` and ``start`` tell where records begin in a file of several, see
    :meth:`~.textfile.TextFile.records`; of formats without marks, appended files are recognised
    (:meth:`~.textfile.TextFile.repeated`); ``whole`` checks the Components of the file together.
    ``spectra`` is a function of the first lines that says whether a file has spectra instead of
    samples: such files are in the zips of agencies, and give an empty Stream.
    """

    name: str
    claims: Callable[[list[str]], bool]
    parse: Callable[["Record"], list[Component]]
    marks: tuple[bytes, ...] = ()
    start: re.Pattern | None = None
    encoding: str = "latin-1"
    whole: Callable[[list[Component], bool], None] | None = None
    spectra: Callable[[list[str]], bool] | None = None


class Record:
    """
    One record of a file, and what of it is wanted.

    :param text: :class:`~.textfile.TextRecord`.
    :param headonly: whether samples are not wanted.
    :param strict: whether something missing is an error (else a warning).
    """

    def __init__(self, text: TextRecord, headonly: bool, strict: bool):
        self.text, self.headonly, self.strict = text, headonly, strict
        self.lines = text.lines
        self.take = text.take
        #: the line that ends the numbers, for messages
        self.stop = ""

    def block(self, data, npts, width=None, what="record", always=False,
              count_checked=True, spare_lines=0):
        """
        Samples in reading order.

        :param data: row where they begin, or bytes.
        :param npts: how many the header states, or None.
        :param width: field width in characters, or None.
        :param what: name of the record, for messages.
        :param always: read them even if only the header is wanted.
        :param count_checked: compare their number with ``npts``.
        :param spare_lines: lines of samples behind the last one that the format's files have.
        :return: float64 array; None if only the header is wanted, and it states ``npts``.
        :raises TNGInputError: if samples are missing and the record is read strictly.
        """
        if self.headonly and npts is not None and not always:
            return None
        block = self._numbers(data, width)
        samples = parse_block(block, npts, width)
        if not always:
            samples = without_times(samples, npts, what)
        if count_checked:
            check_count(len(samples), npts, what, self.strict, self.stop)
            # the last line may be filled up
            if npts and len(samples) - npts >= (1 + spare_lines) * max(
                    len(parse_block(block.split(b"\n", 1)[0], None, width)), 1):
                warn(f"{what}: the header states npts={npts}, and the file holds "
                     f"{len(samples)} samples, of which the first {npts} are read")
        return samples[:npts]

    def table(self, row, columns, width=None, what="record"):
        """
        Rows of samples with a column for each channel.

        :param row: row where they begin.
        :param columns: number of channels.
        :param width: field width in characters, or None.
        :param what: name of the record, for messages.
        :return: float64 array ``(rows, columns)``, NaN for blank fields.
        """
        block = self._numbers(row, width)
        last = last_line(block)
        if len(last.split()) < columns and (width is None or (
                not self.text.complete and len(last) < columns * width)):
            block = block[:block.rstrip().rfind(b"\n") + 1]  # a row that was cut
        first = next(iter(block.lstrip().split(b"\n", 1)), b"")
        found = None
        if len(first.split()) == columns + 1:
            found = beside_times(parse_table(block, columns + 1), what)
        return parse_table(block, columns, width) if found is None else found

    def _numbers(self, data, width):
        if not isinstance(data, bytes):
            data = self.text.data(data)
        block = numeric_block(data)
        ends_file = len(block) == len(data)
        self.stop = data[len(block):].lstrip()[:_SHOWN].split(b"\n")[0].decode("latin-1").strip()
        return without_cut_number(block, self.text.complete or not ends_file, width)


def claims(source, fmt):
    """
    Whether a file is of a format.

    :param source: file name or binary file-like object.
    :param fmt: TextFormat.
    :return: bool; never raises.
    """
    lines = peek_lines(source, _PEEK)
    return bool(lines and fmt.claims(lines))


def read_text(source, fmt, headonly=False, starttime=None, endtime=None, nearest_sample=True,
              strict=True, network=None, **kwargs):
    """
    Read a file of a text format.

    :param source: file name or binary file-like object.
    :param fmt: TextFormat.
    :param headonly: read only the headers.
    :param starttime: UTCDateTime to cut at.
    :param endtime: UTCDateTime to cut at.
    :param nearest_sample: see :meth:`obspy.core.trace.Trace.trim`.
    :param strict: raise for a truncated file; False: warn and return the samples that it has.
    :param network: network code that replaces the file's.
    :param kwargs: other arguments of :func:`obspy.read`, ignored.
    :return: Stream in m/s^2 (velocity and displacement in m/s and m), ``stats.<format>`` as in
        :mod:`obspy_tng.io`.
    :raises TNGInputError: if the file cannot be read.
    """
    text = TextFile(source, fmt.encoding)
    if fmt.spectra is not None and fmt.spectra(TextRecord(text.content[:_PEEK]).lines):
        warn(f"{fmt.name}: the file holds spectra, not a time series; nothing is read")
        return Stream()
    parts = text.records(fmt.marks, fmt.start) if fmt.marks else text.repeated(fmt.claims)
    records = [Record(part, headonly, strict) for part in parts]
    components = gather_components(fmt.name, records, fmt.parse, strict)
    if fmt.whole is not None:
        fmt.whole(components, strict)
    if headonly:
        for item in components:
            item.data = None
    return to_stream(components, fmt.name, starttime, endtime, nearest_sample, network)


def gather_components(name, records, parse, strict) -> list[Component]:
    """
    Components of all records of a file.

    :param name: name of the format.
    :param records: list of what ``parse`` takes, one entry for each record.
    :param parse: function that returns the list of Components of one record.
    :param strict: raise if a record is broken; otherwise warn and keep those before it.
    :return: list of Component.
    :raises TNGInputError: if there is no record, or a broken one and ``strict``.
    """
    components: list[Component] = []
    for index, record in enumerate(records):
        try:
            components.extend(parse(record))
        except TNGInputError as error:
            message = f"{name}, record {index + 1} of {len(records)}: {error}"
            if strict or not components:
                raise TNGInputError(message) from error
            warn(f"{message}; the records before it are kept")
            break
    if not components:
        raise TNGInputError(f"{name}: no record in the file")
    return components
