"""The three traces of one sensor: selection, sampling rate, common time."""

from obspy import Stream

from .codes import check_channel_codes, check_codes, plain_location, sensor_id, split_channel
from .record import station_id
from .rejection import rejected

# Rates this close are the same nominal rate (clock drift written to the header).
SAME_RATE = 1e-3
# Share of the longest trace that all components must have in common.
SHARED = 0.9


def three_traces(stream, common_span=False):
    """
    The three traces of one sensor that a Stream holds, checked and aligned.

    :param stream: Stream.
    :param common_span: see :func:`~obspy_tng.records.prepare.prepare_record`.
    :return: list of three Traces; new ones where they had to be cut, never changed.
    :raises TypeError: if ``stream`` is not a Stream.
    :raises RecordRejectedError: on a missing component, gaps, or unequal traces.
    """
    if not isinstance(stream, Stream):
        raise TypeError(f"stream must be an obspy Stream, got {type(stream).__name__}")
    name = station_id(stream)
    stream = Stream([_with_plain_location(tr) for tr in stream])
    check_channel_codes(stream)
    for tr in stream:
        check_codes(tr.id, location=tr.stats.location, channel=tr.stats.channel)
    ids = [tr.id for tr in stream]
    doubled = sorted({i for i in ids if ids.count(i) > 1})
    if doubled:
        raise rejected("components", f"stream of {name}: several traces of {', '.join(doubled)} (a "
                       "gap or an overlap); give the traces of one recording")
    sensors = sorted({sensor_id(tr) for tr in stream})
    if len(sensors) > 1:
        raise rejected("components", f"stream of {name}: several sensors {sensors}; select one, "
                       f"e.g. {_selection(stream)}", len(sensors), 1)
    if len(ids) != 3:
        what, advice = ("too many components", "") if len(ids) > 3 else (
            "component missing", "; read files of one component each together, by a pattern")
        raise rejected("components", f"stream of {name}: {what}, three are needed, got {ids}"
                       f"{advice}", len(ids), 3)
    order = "Z12N3E"
    components = [split_channel(tr.stats.channel)[1] for tr in stream]
    traces = [tr for _, tr in sorted(zip(components, stream, strict=True),
                                     key=lambda pair: order.index(pair[0])
                                     if pair[0] in order else len(order))]
    rates = [tr.stats.sampling_rate for tr in traces]
    if max(rates) - min(rates) > SAME_RATE * max(rates):
        raise rejected("sampling_rate", f"stream of {name}: sampling rates differ: {rates} Hz",
                       min(rates), max(rates))
    if common_span:
        traces = _shared_span(traces, name)
    starts = [tr.stats.starttime for tr in traces]
    if max(starts) - min(starts) > 0.5 * traces[0].stats.delta:
        raise rejected("times", f"stream of {name}: components start at different times: "
                       f"{[str(t) for t in starts]}; common_span=True cuts them",
                       max(starts) - min(starts), 0.5 * traces[0].stats.delta)
    if len({tr.stats.npts for tr in traces}) > 1:
        raise rejected("times", f"stream of {name}: npts differ: "
                       f"{[tr.stats.npts for tr in traces]}; common_span=True cuts them")
    return traces


def nominal_rate(tr, sampling_rate):
    """
    Sampling rate of a trace, without the clock drift that headers may show.

    :param tr: Trace.
    :param sampling_rate: of the record, Hz: the lowest that is allowed.
    :return: ``sampling_rate``, or a whole or quarter number of Hz, within 0.1 % of the trace's;
        else that itself.
    :raises RecordRejectedError: if it is lower than ``sampling_rate``.
    """
    raw = tr.stats.sampling_rate
    for nominal in (sampling_rate, round(raw), 0.25 * round(4 * raw)):
        if abs(raw - nominal) <= SAME_RATE * nominal:
            raw = float(nominal)
            break
    if raw < sampling_rate:
        raise rejected("sampling_rate", f"{tr.id} {tr.stats.starttime}: sampling rate {raw:g} Hz "
                       f"is lower than sampling_rate={sampling_rate:g}; give {raw:g} or less", raw,
                       sampling_rate)
    return raw


def same_rate(tr, other):
    """True if two traces have the same nominal sampling rate."""
    rates = tr.stats.sampling_rate, other.stats.sampling_rate
    return abs(rates[0] - rates[1]) <= SAME_RATE * max(rates)


def _with_plain_location(tr):
    """The trace, or a copy without the hyphens that some files have as location code."""
    location = plain_location(tr.stats.location)
    if location == tr.stats.location:
        return tr
    new = tr.copy()
    new.stats.location = location
    return new


def _selection(stream):
    """Selection that gives one of several sensors of a Stream."""
    first = stream[0].stats
    if any("knet" in tr.stats for tr in stream):
        return "stream.select(channel='*2'), the surface sensor of KiK-net"
    if len({tr.stats.location for tr in stream}) > 1:
        return f"stream.select(location={first.location!r})"
    sensors = sorted({split_channel(tr.stats.channel)[0] for tr in stream})
    if any(sensor.startswith("KNET") for sensor in sensors):
        return "stream.select(channel='*2'), the surface sensor of KiK-net"
    strong = next((sensor for sensor in sensors if sensor[1:2] == "N"), sensors[0])
    return f"stream.select(channel={strong + '?'!r})"


def _shared_span(traces, name):
    """Copies of the traces cut to the span they share."""
    start = max(tr.stats.starttime for tr in traces)
    end = min(tr.stats.endtime for tr in traces)
    longest = max(tr.stats.endtime - tr.stats.starttime for tr in traces)
    if end - start < SHARED * longest:
        raise rejected("times", f"stream of {name}: components share {max(0, end - start):.1f} s "
                       f"of {longest:.1f} s, 90 % are needed", max(0, end - start) / longest,
                       SHARED)
    half = 0.5 * traces[0].stats.delta
    cut = [tr.slice(start - half, end + half) for tr in traces]
    npts = min(tr.stats.npts for tr in cut)
    for tr in cut:
        tr.data = tr.data[:npts]
    return cut
