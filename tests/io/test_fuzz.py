"""Damaged files: no crash, no hang, no memory blow-up, only ObsPy's errors and ours."""

import io
import resource
import time
import warnings
import zlib
from importlib import import_module

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from obspy.core.util.obspy_types import ObsPyException

from obspy_tng.exceptions import TNGInputError
from obspy_tng.io.common import matfile
from obspy_tng.io.common.codes import station_code
from obspy_tng.io.common.fields import (
    parse_clock,
    parse_coordinates,
    parse_date,
    parse_magnitude,
    parse_moment,
    to_utc,
)
from obspy_tng.io.common.fortran import field_width, parse_block, parse_table, to_float, to_int
from obspy_tng.io.common.orientation import component, parse_direction
from obspy_tng.io.common.unknown import known_text

from .agency_samples import VARIANTS, afadmat, csmip, smc

FILES = {name: (fmt.lower(), make().raw) for name, (fmt, make) in VARIANTS.items()}
FILES["SMC pairs"] = ("smc", smc(pairs=True, kind="1 UNCORRECTED ACCELEROGRAM").raw)
FILES["CSMIP pairs"] = ("csmip", csmip("V1", pairs=True).raw)
MODULES = {fmt: import_module(f"obspy_tng.io.{fmt}") for fmt, _ in FILES.values()}
# What breaks parsers: sizes, signs, exponents, separators, overflow, code pages.
TOKENS = (
    b"999999999", b"99999999999999", b"1000000000", b"-1", b"0", b"1e308", b"1E+400", b"nan",
    b"inf", b"", b"\x00", b"\xff\xfe", b"\x85", b"********", b"/", b":", b",", b".", b"-",
    b"\n", b"\r", b" " * 40, b"-999", b"\xb2\xb3", b"1_0", b"9" * 400, b"\xff\xff\xff\x7f",
    b"\x0e\x00\x00\x00", b"00:00:60", b"31/02/1990", b"S00E")
MEMORY = 3 * 2 ** 30  # more than Python, NumPy and ObsPy take; far less than a claimed size


def mutate(raw, rng):
    """Up to six random changes; half of them in the header."""
    raw = bytearray(raw)
    for _ in range(rng.integers(1, 7)):
        if not raw:
            break
        limit = min(len(raw), 4000) if rng.random() < 0.5 else len(raw)
        at, size = int(rng.integers(limit)), int(rng.integers(1, 60))
        kind = rng.integers(7)
        if kind == 0:
            raw[at] = rng.integers(256)
        elif kind == 1:
            raw[at] ^= 1 << int(rng.integers(8))
        elif kind == 2:
            del raw[at:at + size]
        elif kind == 3:
            token = TOKENS[rng.integers(len(TOKENS))]
            raw[at:at + len(token)] = token
        elif kind == 4:
            raw[at:at] = TOKENS[rng.integers(len(TOKENS))]
        elif kind == 5:
            raw[at:at] = raw[at:at + 10 * size]
        else:
            del raw[at + (size if rng.random() < 0.7 else 0):]
    return bytes(raw)


def survives(fmt, raw, **options):
    """Read; a Stream comes out, or an error that says what is wrong."""
    module = MODULES[fmt]
    assert getattr(module, f"is_{fmt}")(io.BytesIO(raw)) in (True, False)
    begin = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            stream = getattr(module, f"read_{fmt}")(io.BytesIO(raw), **options)
        except ObsPyException:
            pass
        else:
            str(stream)
            for tr in stream:
                assert options.get("headonly") or len(tr.data) == tr.stats.npts > 0
                assert len(tr.stats.station) <= 5
                assert len(tr.stats.channel) == 3
    assert time.perf_counter() - begin < 5.0


@pytest.fixture
def memory_limit():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.mark.parametrize("name", FILES)
def test_mutated(name, memory_limit):
    fmt, raw = FILES[name]
    for seed in range(30):
        rng = np.random.default_rng(seed)
        survives(fmt, mutate(raw, rng), strict=bool(seed % 2), headonly=seed % 5 == 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_mutated_many(name, memory_limit):
    """29 files x 400."""
    fmt, raw = FILES[name]
    for seed in range(400):
        rng = np.random.default_rng([1, seed])
        survives(fmt, mutate(raw, rng), strict=bool(seed % 2), headonly=seed % 5 == 0)


@settings(max_examples=150, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(name=st.sampled_from(sorted(FILES)), at=st.floats(0, 1), remove=st.integers(0, 200),
       insert=st.binary(max_size=30), strict=st.booleans())
def test_spliced(name, at, remove, insert, strict):
    fmt, raw = FILES[name]
    start = int(at * len(raw))
    survives(fmt, raw[:start] + insert + raw[start + remove:], strict=strict)


@pytest.mark.parametrize("name", FILES)
def test_long_lines(name):
    """A megabyte in one line, in the header and in the data: patterns stay linear."""
    fmt, raw = FILES[name]
    for filler in (b"9" * 10 ** 6 + b"x", b" " * 10 ** 6 + b"x", b"1 " * 500000 + b"x",
                   b"PTS" * 300000, b": " * 500000, b"-9." * 300000, b"/" * 10 ** 6):
        for part in (0.0, 0.02, 0.1, 0.3, 0.6):
            at = int(part * len(raw))
            survives(fmt, raw[:at] + filler + raw[at:])


@pytest.mark.parametrize("name", FILES)
def test_spliced_with_another_format(name):
    fmt, raw = FILES[name]
    for _, other in FILES.values():
        survives(fmt, raw[:len(raw) // 2] + other[len(other) // 2:])
        survives(fmt, raw[:900] + other)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_fields_never_raise(text):
    for parse in (to_float, to_int, parse_date, parse_clock, parse_moment, parse_coordinates,
                  parse_magnitude, known_text, station_code, field_width):
        parse(text)
    component(parse_direction(text))
    to_utc(parse_date(text), parse_clock(text)[0])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.floats(-9999.9, 99999.9), min_size=1, max_size=40), st.integers(1, 8))
def test_touching_fields(values, per_line):
    """Any values that fill F8.1 or 8F10.3 come back as printed."""
    for width, decimals in ((8, 1), (10, 3)):
        fields = [f"{v:.{decimals}f}".rjust(width) for v in values]
        lines = ["".join(fields[i:i + per_line]) for i in range(0, len(fields), per_line)]
        block = "\n".join(lines).encode()
        read = parse_block(block, count=len(values), width=width)
        np.testing.assert_array_equal(read, [float(f) for f in fields])
        if len(values) % per_line == 0:
            table = parse_table(block, per_line, width)
            np.testing.assert_array_equal(table.ravel(), read)


def test_overflowed_field_is_an_error():
    with pytest.raises(TNGInputError, match=r"\*\*\*\*\*\*"):
        parse_block(b"   1.00000   2.00000\n   3.00000**********", count=4, width=10)


def test_mat_bomb_is_refused(monkeypatch):
    """2 kB that unpack to more than the limit are not unpacked further."""
    monkeypatch.setattr(matfile, "MAX_BYTES", 2 ** 20)
    body = zlib.compress(bytes(2 ** 21), 9)
    head = afadmat().raw[:128]
    raw = head + (15).to_bytes(4, "little") + len(body).to_bytes(4, "little") + body
    with pytest.raises(TNGInputError, match="larger than"):
        matfile.load_mat(raw)
