"""Headers as agencies wrote them over the decades: each has to give the same record."""

import io
import re

import numpy as np
import obspy
import pytest
from obspy import UTCDateTime

from obspy_tng.exceptions import TNGInputError, TNGWarning

from .agency_samples import SAMPLES, START, G, asa, at2, cosmos, csmip, dyna, geonet, rows, smc

TEXT = [name for name in SAMPLES if name != "AFADMAT"]


def read(raw, **options):
    return obspy.read(io.BytesIO(raw), **options)


def meta_of(tr):
    return tr.stats[tr.stats._format.lower()]


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("change", [
    lambda raw: raw.replace(b"\r\n", b"\n"),
    lambda raw: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    lambda raw: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
    lambda raw: raw + b"\r\n\r\n\x1a",
    lambda raw: b"\r\n\n" + raw,
    lambda raw: b"\xef\xbb\xbf" + raw.decode("latin-1").encode("utf-8"),
    lambda raw: raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\r\n"),
    lambda raw: raw.decode("latin-1").encode("utf-16"),
    lambda raw: b"\xfe\xff" + raw.decode("latin-1").encode("utf-16-be"),
], ids=["LF", "CRLF", "CR", "ctrl-z", "blank lines", "BOM", "CRCRLF", "UTF-16", "UTF-16-BE"])
def test_line_ends_and_encodings(name, change):
    sample = SAMPLES[name]()
    st, plain = read(change(sample.raw)), read(sample.raw)
    assert [tr.id for tr in st] == list(sample.ids)
    for tr, same, truth in zip(st, plain, sample.data, strict=True):
        np.testing.assert_allclose(tr.data, truth, atol=1e-8)
        assert (tr.stats.delta, tr.stats.starttime) == (same.stats.delta, same.stats.starttime)


@pytest.mark.parametrize(("make", "old"), [(at2, b"E-"), (smc, b"E-")])
def test_exponents_with_d(make, old):
    sample = make()
    tr = read(sample.raw.replace(old, old.replace(b"E", b"D")).replace(b"E+", b"D+"))[0]
    np.testing.assert_allclose(tr.data, sample.data[0], atol=1e-9)


# -- PEER ---------------------------------------------------------------------------

@pytest.mark.parametrize(("title", "quantity", "count"), [
    ("IMPERIAL VALLEY 10/15/79 2316, EL CENTRO ARRAY #1, 090 (USGS STATION 5056)",
     "ACCELERATION TIME HISTORY IN UNITS OF G. FILTER POINTS: HP=0.1 Hz LP=40.0 Hz",
     "NPTS=   203, DT= .01000 SEC"),
    ("IMPERIAL VALLEY 10/15/79 23:16, EL CENTRO ARRAY #1, 090",
     "ACCELERATION TIME HISTORY IN UNITS OF G. FILTER POINTS: HP=0.1 Hz LP=40.0 Hz",
     "  203    .0100    NPTS, DT"),
    ("Imperial Valley-06, 10/15/1979 23:16, El Centro Array #1, 90",
     "ACCELERATION TIME SERIES IN UNITS OF G  HP= .1 LP= 40.", "NPTS=203  DT=0.01SEC,")])
def test_at2(title, quantity, count):
    sample = at2()
    lines = sample.raw.decode().split("\n")
    tr = read("\n".join([lines[0], title, quantity, count, *lines[4:]]).encode())[0]
    np.testing.assert_allclose(tr.data, sample.data[0], atol=1e-9)
    meta = tr.stats.at2
    assert (tr.stats.channel, tr.stats.delta) == ("HNE", 0.01)
    assert meta.origin_time == UTCDateTime(1979, 10, 15, 23, 16)
    assert (meta.freqmin, meta.freqmax) == (0.1, 40.0)
    assert meta.station_name.upper() == "EL CENTRO ARRAY #1"
    assert meta.event_name.upper().startswith("IMPERIAL VALLEY")


# -- CSMIP --------------------------------------------------------------------------

def test_csmip_film_in_tenths_of_g():
    """CDMG of the 1990s: upper case, G/10, no trigger time; the peak is stated in g."""
    sample = csmip("V1", pairs=True)
    raw = sample.raw.replace(b"sec and g.", b"sec and G/10.").upper()
    raw = re.sub(rb"TRIGGER TIME:[^\r]*", b"", raw)
    with pytest.warns(TNGWarning, match="peak in the header"):
        st = read(raw)
    for tr, truth in zip(st, sample.data, strict=True):
        np.testing.assert_allclose(tr.data, truth / 10, atol=2e-4)
        assert not tr.stats.csmip.starttime_known
        # the header's peak, of data in tenths, is ten times too large in this sample
        assert abs(tr.stats.csmip.pga) / 10 == pytest.approx(np.abs(tr.data).max(), rel=2e-3)


@pytest.mark.parametrize("volume", ["V1", "V2"])
def test_csmip_of_one_channel_without_the_line_that_ends_it(volume):
    sample = csmip(volume)
    alone = sample.raw[:sample.raw.index(b"/&")]
    tr = read(alone)[0]
    np.testing.assert_allclose(tr.data, sample.data[0], atol=sample.tolerance)
    with pytest.raises(TNGInputError, match="cut short"):
        read(alone[:-30])
    with pytest.warns(TNGWarning, match="cut short") as found:
        read(alone[:-30], strict=False)
    assert len(found) == 1


def test_csmip_of_a_sensor_with_a_location_code():
    raw = csmip("V1").raw.replace(b"23583-E0245-92183.06 ", b"38457511.CI.TOW2.10.HN", 3)
    assert {tr.id[:-1] for tr in read(raw)} == {"CI.TOW2.10.HN"}
    raw = csmip("V1").raw.replace(b"23583-E0245-92183.06 ", b"38457511.CI.TOW2.--.H ", 3)
    assert {tr.id[:-1] for tr in read(raw)} == {"CI.TOW2..HN"}


def test_csmip_uncorrected_with_units_in_brackets():
    sample = csmip("V1")
    st = read(re.sub(rb" 203 Accelerogram points at 100 pts/sec[^\r]*",
                     b" 203 POINTS OF ACCEL DATA EQUALLY SPACED AT .010 SEC.  (UNITS: G)",
                     sample.raw))
    for tr, truth in zip(st, sample.data, strict=True):
        np.testing.assert_allclose(tr.data, truth, atol=1e-9)
        assert abs(tr.stats.csmip.pga) == pytest.approx(np.abs(truth).max(), rel=1e-4)


@pytest.mark.parametrize("volume", ["V1", "V2"])
def test_csmip_of_other_networks_and_of_buildings(volume):
    sample = csmip(volume)
    raw = sample.raw.replace(b"Station No.", b"Station Id.").replace(b"CGS   D", b"SCSN   D")
    raw = raw.replace(b"23583-E0245-92183.06 ", b"38457487.CI.TST.--.HN")
    raw = re.sub(rb"\(Origin[^)]*\)[^)]*\)", b"(Origin:  To be determined)", raw)
    raw = re.sub(rb"Hypocenter\(SSN\)[^\r]*",
                 b"Hypocenter:  To be determined.               ML:  To be determined.", raw)
    raw = re.sub(rb"Trigger time:[^\r]*", b"Start time:  9/19/17, 18:14: 5.0 UTC (GPS)", raw)
    raw = re.sub(rb"(\r\nChan  \d: [^\r]*)", rb"\1          Location: Roof, center", raw)
    st = read(raw)
    assert [tr.id for tr in st] == ["CI.TST..HNN", "CI.TST..HNZ", "CI.TST..HNE"]
    for tr, truth in zip(st, sample.data, strict=True):
        np.testing.assert_allclose(tr.data, truth, atol=1e-9)
        assert tr.stats.starttime == UTCDateTime(2017, 9, 19, 18, 14, 5)
        assert tr.stats.csmip.magnitude is None
        assert tr.stats.csmip.origin_time is None
        assert tr.stats.csmip.station_name == "Test - 4th & Palm"


def test_csmip_owner_after_a_long_name():
    raw = re.sub(rb"Test - 4th & Palm  +CGS", b"Test - Hwy 580/238 Interchange Bridge  CGS",
                 csmip().raw)
    assert read(raw)[0].stats.csmip.station_name == "Test - Hwy 580/238 Interchange Bridge"


# -- SMC ----------------------------------------------------------------------------

def test_film_keeps_its_peak():
    """Points 1.4 to 1.6 ms apart, as digitised: the largest one is a sample."""
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.uniform(0.0014, 0.0016, 400))
    values = 100 * np.interp(times, np.arange(203) * 0.01, rows()[0])
    values[177] = 250.0  # narrower than a sample
    fields = [f"{v:10.3e}".replace("e+0", "E+").replace("e-0", "E-").rjust(10)
              for v in np.column_stack([times, values]).ravel()]
    head = smc(pairs=True, kind="1 UNCORRECTED ACCELEROGRAM").raw.decode().split("\r\n")[:29]
    head[13] = f"{len(fields):10d}" + head[13][10:]
    raw = "\r\n".join([*head, *("".join(fields[i:i + 8]) for i in range(0, 800, 8)), ""])
    tr = read(raw.encode())[0]
    assert tr.stats.sampling_rate == 800
    assert np.abs(tr.data).max() == pytest.approx(2.5)
    at = tr.stats.starttime + tr.times()[np.abs(tr.data).argmax()] - START
    assert at == pytest.approx(times[177], abs=0.5 / 800 + 1e-6)


# -- COSMOS ---------------------------------------------------------------------------

def test_cosmos_one_number_a_line():
    """USGS files since about 2018: (1E15.6), a sensor of an array by its location code."""
    sample = cosmos()
    lines, out = sample.raw.decode().split("\n"), []
    values = iter(sample.data)
    for line in lines:
        if "acceleration pts" in line:
            out.append(line.replace("(8F10.5)", "(1E15.6)"))
            out += [f"{100 * v:15.6e}" for v in next(values)]
        elif not re.fullmatch(r"( *-?\d*\.\d{5})+", line):
            out.append(line.replace(".XX.--", ".XX.D0").replace("End of data", "End-of-data"))
    st = read("\n".join(out).encode())
    assert [tr.id for tr in st] == ["XX.TST1.D0.HNN", "XX.TST1.D0.HNZ", "XX.TST1.D0.HNE"]
    for tr, truth in zip(st, sample.data, strict=True):
        np.testing.assert_allclose(tr.data, truth, atol=1e-7)


# -- DYNA ----------------------------------------------------------------------------

@pytest.mark.parametrize(("unit", "factor"), [("cm/s^2", 1), ("CM/S**2", 1), ("gal", 1),
                                              ("m/s^2", 100), ("g", 100 * G)])
def test_dyna_units(unit, factor):
    peak = {"PGA_CM/S^2": f"{100 * factor * np.abs(rows()[1]).max():.6f}"}
    tr = read(dyna(UNITS=unit, EVENT_NAME="None", **peak).raw)[0]
    np.testing.assert_allclose(tr.data, rows()[1] * factor, atol=1e-8 * factor)


@pytest.mark.parametrize("time", ["20170919_181445.500", "19092017_181445.500",
                                  "2017/09/19 18:14:45.500", "19/09/2017 18:14:45.500",
                                  "2017-09-19T18:14:45.500"])
def test_dyna_times(time):
    tr = read(dyna(DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS=time, stream="HGE").raw)[0]
    assert tr.stats.starttime == START
    assert tr.stats.channel == "HGE"


def test_dyna_velocity_and_displacement():
    for unit, quantity, key in (("cm/s", "VELOCITY", "PGV_CM/S"), ("cm", "DISPLACEMENT",
                                                                  "PGD_CM")):
        raw = dyna(UNITS=unit, DATA_TYPE=quantity).raw.replace(b"PGA_CM/S^2", key.encode())
        tr = read(raw)[0]
        assert tr.stats.dyna.quantity == quantity.lower()
        assert tr.stats.dyna.pga == pytest.approx(np.abs(tr.data).max(), abs=1e-8)


# -- ASA -----------------------------------------------------------------------------

def test_asa_two_sensors():
    """Six channels in one table: the second sensor's have their numbers as location."""
    sample = asa()
    head, mark, body = sample.raw.decode("latin-1").partition("DATOS DE ACELERACION:")
    head = re.sub(r": (/\S+)(?=\r\n)", r": \1\1", head)
    head = head.replace("CANALES                      : 3", "CANALES                      : 6")
    head = head.replace("3F10.4", "6F10.4")
    lines = body.split("\r\n")
    lines[5:] = [line + line for line in lines[5:]]
    st = read((head + mark + "\r\n".join(lines)).encode("latin-1"))
    assert [tr.id for tr in st] == [
        f"XR.TST1.0{k}.HN{c}" for k, c in enumerate("NZENZE", 1)]
    for tr, truth in zip(st, [*sample.data, *sample.data], strict=True):
        np.testing.assert_allclose(tr.data, truth, atol=1e-12)


@pytest.mark.parametrize(("interval", "duration", "delta"), [
    ("0.005", "2.03", 0.01), ("0.01", "2.03", 0.01)])
def test_asa_decimated(interval, duration, delta):
    """Some state the interval of the recorder, some that of the data."""
    raw = asa().raw.replace(b"DECIMACION                   : 1",
                            b"DECIMACION                   : 2")
    raw = raw.replace(b"/0.01/0.01/0.01", f"/{interval}/{interval}/{interval}".encode())
    raw = raw.replace(b"/2.03/2.03/2.03", f"/{duration}/{duration}/{duration}".encode())
    assert read(raw)[0].stats.delta == pytest.approx(delta)


@pytest.mark.parametrize("unit", ["cm/s/s", "GAL", "cm/s2", "Gal (cm/s/s)", ""])
def test_asa_units(unit):
    raw = asa().raw.replace(b"Gal (cm/s/s)", unit.encode())
    np.testing.assert_allclose(read(raw)[0].data, asa().data[0], atol=1e-12)


def test_geonet_with_a_line_that_comes_twice():
    lines = geonet("V1A").raw.split(b"\n")
    lines.insert(30, lines[30])  # the header has 26 lines
    with pytest.warns(TNGWarning, match="npts=203, and the file holds 213 samples"):
        read(b"\n".join(lines))
