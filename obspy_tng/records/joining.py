"""
Joins the pieces of a recording.

Archives cut recordings at midnight and elsewhere. ObsPy joins pieces whose sampling points agree
within 1 % of an interval, and raises an error if types or rates in the header differ. Here pieces
are joined if no sample is missing.
"""

import numpy as np
from obspy import Stream, Trace

from .traces import same_rate


def join_pieces(stream):
    """
    Join the traces of a channel that follow each other without a gap, or repeat samples.

    Two pieces follow each other if the second begins within half a sample of where the next
    sample of the first would be; sampling rates may differ by 0.1 % (clock drift in the header)
    and types may differ. Where they overlap, the samples that both have must be equal (as float32,
    where one of them is of that type). The joined trace has the times and the rate of its first
    piece.

    :param stream: Stream; it is not changed.
    :return: new Stream, sorted by id and time; masked arrays are split at their gaps.

    .. rubric:: Example

    >>> day = Trace(np.arange(10.0), {"sampling_rate": 100.0})
    >>> night = Trace(np.arange(10, 20), {"sampling_rate": 99.9999, "starttime": 0.103})
    >>> [tr.stats.npts for tr in join_pieces(Stream([day, night]))]
    [20]
    """
    if any(np.ma.is_masked(tr.data) for tr in stream):
        stream = stream.split()
    channels = {}
    for tr in sorted(stream, key=lambda tr: (tr.id, tr.stats.starttime, tr.stats.npts)):
        if tr.stats.npts:
            channels.setdefault((tr.id, tr.stats.calib), []).append(tr)
    joined = Stream()
    for pieces in channels.values():
        if len(pieces) == 1:
            joined.append(pieces[0])
            continue
        chains = []
        for piece in pieces:
            for chain in sorted(chains, key=lambda chain: abs(_missing(chain[-1], piece))):
                if same_rate(chain[-1], piece) and _add(chain, piece):
                    break
            else:
                chains.append([piece])
        joined.extend([_concatenate(chain) for chain in chains])
    return joined


def conflicting(stream):
    """
    Ids of channels with traces that have times in common.

    :param stream: Stream that :func:`join_pieces` made: what overlaps there has different samples.
    :return: sorted list of str.

    .. rubric:: Example

    >>> some = Trace(np.arange(10.0), {"station": "S1", "channel": "HNZ", "sampling_rate": 100.0})
    >>> other = some.copy()
    >>> other.data += 1
    >>> conflicting(join_pieces(Stream([some, other])))
    ['.S1..HNZ']
    """
    found, last = set(), {}
    for tr in sorted(stream, key=lambda tr: (tr.id, tr.stats.starttime)):
        if tr.id in last and tr.stats.starttime <= last[tr.id]:
            found.add(tr.id)
        last[tr.id] = max(tr.stats.endtime, last.get(tr.id, tr.stats.endtime))
    return sorted(found)


def _missing(last, piece):
    """Samples missing between two traces; negative where they overlap."""
    expected = last.stats.starttime + last.stats.npts * last.stats.delta
    return (piece.stats.starttime - expected) / last.stats.delta


def _add(chain, piece):
    """Append a piece, or what of it is new, if nothing is missing before it."""
    missing = round(_missing(chain[-1], piece))
    if missing > 0:
        return False
    if missing == 0:
        chain.append(piece)
        return True
    overlap = -missing
    if overlap > chain[-1].stats.npts:  # it reaches back into the pieces before
        chain[:] = [_concatenate(chain)]
    last = chain[-1]
    shared = min(overlap, piece.stats.npts)
    begin = last.stats.npts - overlap
    if begin < 0 or not _equal(last.data[begin:begin + shared], piece.data[:shared]):
        return False
    if shared < piece.stats.npts:
        rest = Trace(header=piece.stats)
        rest.data = piece.data[shared:]  # sets npts, which the header keeps
        rest.stats.starttime = piece.stats.starttime + shared * piece.stats.delta
        chain.append(rest)
    return True


def _equal(some, others):
    """Whether samples are equal, or as near as float32 has them where it is the type of one."""
    if some.dtype == others.dtype or np.float32 not in (some.dtype, others.dtype):
        return np.array_equal(some, others)
    return np.array_equal(some.astype(np.float32), others.astype(np.float32))


def _concatenate(chain):
    """One trace of pieces that follow each other."""
    if len(chain) == 1:
        return chain[0]
    joined = Trace(header=chain[0].stats)
    joined.data = np.concatenate([np.ma.getdata(tr.data) for tr in chain])
    return joined
