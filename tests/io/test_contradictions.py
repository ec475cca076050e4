"""Headers that contradict themselves, or say it in another way: the right value, or none."""

import io
import re

import numpy as np
import obspy
import pytest
import scipy.io
from obspy import UTCDateTime

from obspy_tng.exceptions import TNGInputError, TNGWarning

from .agency_samples import (
    START,
    G,
    afadmat,
    asa,
    at2,
    cosmos,
    csmip,
    csmnc,
    cwa,
    dyna,
    esd,
    geonet,
    nsmn,
    smc,
    usc,
)


def read(raw, *changes):
    """Streams of a sample, with ``(pattern, replacement)`` applied to its text."""
    text = raw.decode("latin-1").replace("\r\n", "\n")
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement, text)
        assert count, pattern
    return obspy.read(io.BytesIO(text.encode("latin-1")))


def meta_of(tr):
    return tr.stats[tr.stats._format.lower()]


@pytest.mark.parametrize(("name", "make"), [
    ("AT2", at2), ("COSMOS", cosmos), ("CSMNC", csmnc), ("DYNA", dyna), ("ESD", esd)])
def test_a_line_of_samples_that_comes_twice(name, make):
    """More samples than the header states: what is read is said, and nothing without it."""
    raw = make().raw
    at = [i for i, line in enumerate(raw.split(b"\n")) if re.fullmatch(rb"[-+.\dEeDd\s]+", line)]
    lines = raw.split(b"\n")
    lines.insert(at[-3], lines[at[-3]])
    with pytest.warns(TNGWarning, match=r"header states npts=\d+, and the file holds \d+ samples"):
        st = obspy.read(io.BytesIO(b"\n".join(lines)))
    assert st[0].stats.npts == read(raw)[0].stats.npts


# -- PEER ---------------------------------------------------------------------------

def described(line):
    tr, = read(at2().raw, ("Northridge-01.*", line))
    return tr.stats.channel, tr.stats.at2


@pytest.mark.parametrize(("line", "channel", "station", "event"), [
    ("CORINTH EQ, 02/24/81, M6.7, CORINTH, TRANSVERSE", "HN2", "CORINTH", "CORINTH EQ"),
    ("2016p858000, 2016-11-13 11:02:56, HSES, 000, 2016p858000_HSES.000", "HNN", "HSES",
     "2016p858000"),
    ("Morgan Hill, April 24, 1984, Halls Valley, 150", "HN1", "Halls Valley", "Morgan Hill"),
    ("SAN FERNANDO 02/09/71 14:00, PACOIMA DAM, 164 (CDMG STATION 279)", "HN1", "PACOIMA DAM",
     "SAN FERNANDO"),
    ("Northridge-01, 1/17/1994, Pacoima Dam (upper left), 104", "HN2", "Pacoima Dam (upper left)",
     "Northridge-01")])
def test_at2_titles(line, channel, station, event):
    found, meta = described(line)
    assert (found, meta.station_name, meta.event_name) == (channel, station, event)


def test_at2_two_stations_of_one_dam():
    dams = [read(at2().raw, ("Northridge-01.*", f"Northridge-01, 1/17/1994, {name}, 175"))[0]
            for name in ("Pacoima Dam (downstr)", "Pacoima Dam (upper left)")]
    assert dams[0].id != dams[1].id


def test_at2_magnitude_in_the_title():
    _, meta = described("CORINTH EQ, 02/24/81, M6.7, CORINTH, TRANSVERSE")
    assert (meta.magnitude, meta.magnitude_type) == (6.7, "M")


@pytest.mark.parametrize("count", ["203   .01000NPTS, DT", "203, 0.01, NPTS, DT",
                                   "NPTS:  203, DT:  .01 SEC"])
def test_at2_counts(count):
    tr, = read(at2().raw, ("NPTS=.*", count))
    assert (tr.stats.npts, tr.stats.delta) == (203, 0.01)


# -- what the samples are -------------------------------------------------------------

@pytest.mark.parametrize(("make", "change"), [
    (at2, ("UNITS OF G", "UNITS OF CM/SEC SQUARED")), (csmnc, ("UNIT: CM/SEC/SEC", "UNIT: CM/SEC")),
    (dyna, ("DATA_TYPE: .*", "DATA_TYPE: VELOCITY")), (esd, ("in m/s/s", "in m/s")),
    (cosmos, (r"cm/sec2\(04\)", "cm/sec(05)"))])
def test_quantity_and_unit_contradict_each_other(make, change):
    with pytest.raises(TNGInputError, match=r"the header says \w+, and the unit"):
        read(make().raw, change)


def test_dyna_velocity_without_a_unit():
    tr, = read(dyna().raw, ("DATA_TYPE: .*", "DATA_TYPE: VELOCITY"), ("UNITS: .*", "UNITS: "))
    assert (tr.stats.channel, meta_of(tr).units) == ("HNE", "m/s")


@pytest.mark.parametrize("unit", ["mGal", "Gal/10", "cuentas"])
def test_asa_units_that_are_not_gal(unit):
    with pytest.raises(TNGInputError, match="are not known"):
        read(asa().raw, (r"Gal \(cm/s/s\)", unit))


@pytest.mark.parametrize(("make", "change"), [
    (cwa, (r"gal\. DCoffset", "cm/sec**2  DCoffset")),
    (csmnc, ("UNIT: CM/SEC/SEC", "UNIT: CM / SEC / SEC")),
    (asa, (r"Gal \(cm/s/s\)", "Gales (cm/s/s)")), (asa, (r"Gal \(cm/s/s\)", "cm/seg/seg"))])
def test_spellings_of_units(make, change):
    sample = make()
    for tr, truth in zip(read(sample.raw, change), sample.data, strict=True):
        np.testing.assert_allclose(tr.data, truth, atol=1e-9)


# -- components -----------------------------------------------------------------------

def test_dyna_radial_and_transverse():
    channels = [read(dyna(stream=name).raw)[0].stats.channel for name in ("HNR", "HNT", "HNZ")]
    assert channels == ["HN1", "HN2", "HNZ"]


def test_cwa_columns_with_other_letters():
    sample = cwa()
    up, south, west = read(sample.raw, (r"U\(\+\); N\(\+\); E\(\+\)", "V(+); S(+); W(+)"))
    assert [tr.stats.channel for tr in (up, south, west)] == ["HNZ", "HNN", "HNE"]
    np.testing.assert_allclose(-west.data, sample.data[2])


def test_asa_lists_with_commas():
    st = read(asa().raw, (r"(ORIENTACION C1-C6[^:]*:).*", r"\1 N00E,V,N90E"))
    assert [tr.stats.channel for tr in st] == ["HNN", "HNZ", "HNE"]


@pytest.mark.parametrize("number", [2, 6])
def test_asa_channels_of_the_recorder_are_not_those_of_the_file(number):
    assert len(read(asa().raw, (r"(NUMERO DE CANALES +:).*", rf"\1 {number}"))) == 3


# -- times ----------------------------------------------------------------------------

@pytest.mark.parametrize("stated", [
    "#StartTime(UTC+08:00): 2017/09/20-02:14:45.500", "#StartTime(CST): 2017/09/20-02:14:45.500",
    "#StartTime(GMT+08): 2017-09-20 02:14:45.500", "#StartTime(UTC): 2017/09/19-18:14:45.500"])
def test_cwa_start_times(stated):
    assert read(cwa().raw, ("#StartTime.*", stated))[0].stats.starttime == START


@pytest.mark.parametrize("zone", ["TAIPEI", "Local"])
def test_cwa_zones_without_an_offset(zone):
    tr = read(cwa().raw, (r"#StartTime\(GMT\+08\)", f"#StartTime({zone})"))[0]
    assert not tr.stats.cwa.starttime_known


def test_csmnc_cst_is_the_time_of_china():
    assert read(csmnc().raw, ("500 BTM", "500 CST"))[0].stats.starttime == START


def test_asa_local_time_is_not_that_of_the_key():
    st = read(asa().raw, ("18:14:45,5", "12:14:45,5 (HORA LOCAL)"))
    assert not st[0].stats.asa.starttime_known


# -- numbers --------------------------------------------------------------------------

@pytest.mark.parametrize("change", [
    (r"(VEL. DE MUESTREO[^:]*:).*", r"\1 /200/200/200"),
    (r"(INTERVALO DE MUESTREO[^:]*:).*", r"\1 /0.005/0.005/0.005")])
def test_asa_rate_and_interval_contradict_each_other(change):
    tr = read(asa().raw, change)[0]
    assert tr.stats.delta == 0.01
    assert "the duration agrees with 0.01" in tr.stats.asa.doubts[0]
    with pytest.raises(TNGInputError, match="no duration tells"):
        read(asa().raw, change, (r"(DURACION DEL REGISTRO[^:]*:).*", r"\1"))


def test_asa_altitude_with_a_thousands_separator():
    tr = read(asa().raw, (r"(ALTITUD[^:]*:).*", r"\1 2,232 m"))[0]
    assert tr.stats.asa.station_elevation == 2232


def test_cosmos_interval_in_seconds():
    st = read(cosmos().raw, (r"(?m)^(.{13})    10.000000", r"\1     0.010000"))
    assert {tr.stats.delta for tr in st} == {0.01}


def test_cosmos_network_of_one_letter_and_formats():
    for form in ("(8(F10.5))", "(1P,8F10.5)", "*"):
        st = read(cosmos(scnl=False).raw, ("Code:XX-TST1", "Code:C -23075"),
                  (r"Format=\(8F10.5\)", f"Format={form}"))
        assert [tr.id for tr in st] == ["C.23075..HNN", "C.23075..HNZ", "C.23075..HNE"]


def test_csmip_in_words():
    st = read(csmip().raw, (r"Hypocenter\(SSN\).*",
                            "Hypocenter(NCSN): 18 20N, 98 40W, H=  .4km.  Mw 7"))
    meta = st[0].stats.csmip
    assert (meta.event_latitude, meta.event_longitude) == pytest.approx((18.33333, -98.66667))
    assert (meta.event_depth, meta.magnitude, meta.magnitude_type) == (0.4, 7.0, "Mw")


def test_csmip_station_on_the_other_side_of_the_equator():
    st = read(csmip().raw, ("19.436N", "19.436S"),
              (r"Hypocenter\(SSN\).*", "Hypocenter:  To be determined."))
    assert st[0].stats.csmip.station_latitude == 19.436


def test_dyna_without_a_moment_magnitude():
    tr, = read(dyna().raw, ("MAGNITUDE_W: .*", "MAGNITUDE_W: -9.9"),
               ("MAGNITUDE_L: .*", "MAGNITUDE_L: 4.6"))
    assert (tr.stats.dyna.magnitude, tr.stats.dyna.magnitude_type) == (4.6, "Ml")


def test_esd_upper_corner_alone():
    tr, = read(esd().raw, (r"(FILTER CUT[^:]*:|Filter Cut[^:]*:).*", r"\1 - 25.0"))
    assert (tr.stats.esd.freqmin, tr.stats.esd.freqmax) == (None, 25.0)


@pytest.mark.parametrize(("make", "change", "place"), [
    (geonet, ("42 31 24S  172 49 50E", "42.52333S  172.83056E"), (-42.52333, 172.83056)),
    (usc, ("34 05 22N, 118 26 05N", "34.08944N, 118.43472W"), (34.08944, -118.43472))])
def test_places_in_decimal_degrees(make, change, place):
    meta = meta_of(read(make().raw, change)[0])
    assert (meta.station_latitude, meta.station_longitude) == pytest.approx(place)


def test_geonet_magnitude_without_decimals():
    meta = read(geonet().raw, ("Mw 7.82", "ML 4"))[0].stats.geonet
    assert (meta.magnitude, meta.magnitude_type) == (4.0, "Ml")
    assert meta.origin_time == UTCDateTime(2017, 9, 19, 18, 14, 40)


# -- what is said twice -----------------------------------------------------------------

def test_cosmos_code_and_name_of_the_unit():
    raw = cosmos().raw
    for name in (r"g(04)", r"cm/sec2(02)", r"in/sec2(04)", r"volts(51)", r"g(60)"):
        with pytest.raises(TNGInputError, match=r"code \d+"):
            read(raw, (r"units=cm/sec2\(04\)", "units=" + name))
    assert read(raw, (r"cm/sec2\(04\)", "(04)"))[0].max() == read(raw)[0].max()


def test_cosmos_direction_in_words():
    """The number of the channel stands between, and the code is not known."""
    raw = cosmos().raw
    text = raw.decode("latin-1")
    stated = re.search(r"Sta Cha.*?\(Rcrdr", text)[0]
    for words, letter in (("Sta Cha:  1: Up  (Rcrdr", "Z"), ("Sta Chan  1:  90 deg (Rcrdr", "E")):
        unknown = re.sub(r"(?m)^((?:.{8}){3})     360", r"\1    -999", text)
        assert unknown != text
        tr = obspy.read(io.BytesIO(unknown.replace(stated, words).encode("latin-1")))[0]
        assert tr.stats.channel[-1] == letter


def test_clocks_that_no_day_has():
    """Hours of 25, minutes of 61: the start is not known."""
    text = smc().raw.decode("latin-1")
    for old, new in (("        18        14        45", "        25        14        45"),
                     ("        18        14        45", "        18        61        45"),
                     ("       262        18", "       366        18")):
        assert old in text
        tr = obspy.read(io.BytesIO(text.replace(old, new).encode("latin-1")))[0]
        assert tr.stats.starttime == UTCDateTime(0)
        assert not tr.stats.smc.starttime_known


def test_smc_type_and_title():
    with pytest.raises(TNGInputError, match="velocity"):
        read(smc().raw, ("2 CORRECTED ACCELEROGRAM", "2 VELOCITY"))


def test_intervals_and_lengths():
    with pytest.raises(TNGInputError, match=r"length of 4\.06 s"):
        read(dyna(DURATION_S="4.06").raw)
    with pytest.raises(TNGInputError, match="column of times"):
        read(cwa().raw, (r"SampleRate\(Hz\): *\d+", "SampleRate(Hz): 20"),
             (r"RecordLength\(sec\): *[\d.]+", "RecordLength(sec): 1"))
    with pytest.raises(TNGInputError, match="velocity"):
        read(csmip().raw, (r"in cm/sec2\.", "in cm/sec."))


def test_at2_intervals_in_other_units():
    for count in ("NPTS= 203, DT= 10.0 MSEC", "NPTS= 203.0, DT= .01 SEC", "DT= .01 SEC, NPTS= 203",
                  "NPTS 203 DT 0.010", "NPTS= 203, DT= 0,01 SEC", "NPTS= 203, DT(SEC)= .01",
                  "DT (MSEC) = 10 NPTS= 203"):
        tr, = read(at2().raw, ("NPTS=.*", count))
        assert (tr.stats.npts, tr.stats.delta) == (203, 0.01), count
    with pytest.raises(TNGInputError, match="unit of DT is 'HZ'"):
        read(at2().raw, ("NPTS=.*", "NPTS= 203, DT= 100 HZ"))
    with pytest.raises(TNGInputError, match="unit of DT is 'min'"):
        read(at2().raw, ("NPTS=.*", "NPTS= 203, DT(min)= 0.01"))


def test_at2_units_of_engineers():
    plain = read(at2().raw)[0].data
    for unit, factor in (("%G", 0.01), ("FT/SEC/SEC", 0.3048 / G), ("in/s2", 0.0254 / G)):
        tr, = read(at2().raw, ("UNITS OF G", "UNITS OF " + unit))
        np.testing.assert_allclose(tr.data, plain * factor, rtol=1e-12)
    with pytest.raises(TNGInputError, match=r"100\*G"):
        read(at2().raw, ("UNITS OF G", "UNITS OF 100*G"))


def test_a_column_of_times_beside_the_samples():
    raw = at2().raw.decode()
    plain = read(at2().raw)[0].data
    lines = raw.splitlines()
    numbers = re.findall(r"-?\d\.\d+E[+-]\d+", "\n".join(lines[4:]))
    rows = [f"{0.01 * k:8.3f} {value}" for k, value in enumerate(numbers)]
    with pytest.warns(TNGWarning, match="column of times"):
        st = obspy.read(io.BytesIO("\n".join([*lines[:4], *rows, ""]).encode()))
    np.testing.assert_array_equal(st[0].data, plain)


def test_the_line_that_ends_the_numbers_is_named():
    lines = at2().raw.decode().splitlines()
    lines.insert(10, "# a remark")
    with pytest.raises(TNGInputError, match="before the line '# a remark'"):
        obspy.read(io.BytesIO("\n".join(lines).encode()))


def test_nsmn_interval_in_milliseconds():
    st = read(nsmn().raw, (r"INTERVAL \(sec\) : 0.01", "INTERVAL (msec) : 10"))
    assert st[0].stats.delta == 0.01


def test_a_component_that_comes_twice_is_not_the_other_horizontal():
    raw = csmip().raw.decode("latin-1")
    one = raw[:raw.index("End of data for channel  1")] + "End of data\r\n"
    one = one.replace("360 Deg", "340 Deg")
    with pytest.warns(TNGWarning, match="by its code"):
        st = obspy.read(io.BytesIO((one + one).encode("latin-1")))
    assert [tr.stats.channel[-1] for tr in st] == ["1", "1"]
    assert st[0].id != st[1].id


def test_start_in_the_future_and_in_local_time():
    tr, = read(dyna(DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS="21500919_181445.500").raw)
    assert not tr.stats.dyna.starttime_known
    assert "future" in tr.stats.dyna.doubts[0]
    tr, = read(dyna(DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS="20170919_131445.500").raw)
    assert "5.0 h before" in tr.stats.dyna.doubts[0]


def test_tables_with_a_column_of_times_or_one_too_many():
    plain = read(asa(newline="\n").raw)
    text = asa(newline="\n").raw.decode("latin-1")
    head, _, table = text.rpartition("+\n")
    rows = table.rstrip("\n").split("\n")
    timed = "\n".join(f"{0.01 * k:8.3f}{row}" for k, row in enumerate(rows))
    with pytest.warns(TNGWarning, match="column of times"):
        st = obspy.read(io.BytesIO(f"{head}+\n{timed}\n".encode("latin-1")))
    for tr, other in zip(st, plain, strict=True):
        np.testing.assert_array_equal(tr.data, other.data)
    rows[50] += "    1.0000"
    with pytest.raises(TNGInputError, match="more than 3 columns"):
        obspy.read(io.BytesIO("\n".join([f"{head}+", *rows, ""]).encode("latin-1")))
    rows[50] = "# a remark"
    with pytest.raises(TNGInputError, match="before the line '# a remark'"):
        obspy.read(io.BytesIO("\n".join([f"{head}+", *rows, ""]).encode("latin-1")))


def test_asa_peaks_are_in_gal():
    with pytest.warns(TNGWarning, match=r"a factor of 980\.7"):
        st = read(asa().raw, (r"UNIDADES DE LOS DATOS +: .*", "UNIDADES DE LOS DATOS : g"))
    assert meta_of(st[0]).pga == meta_of(read(asa().raw)[0]).pga


def test_afad_numbers_of_samples():
    variables = scipy.io.loadmat(io.BytesIO(afadmat().raw))
    variables["EQ"]["anEQ"][0, 0]["numofData"][0, 0] = np.uint16([[100]])
    file = io.BytesIO()
    scipy.io.savemat(file, {"EQ": variables["EQ"]})
    with pytest.warns(TNGWarning, match="numofData is 100, and the file holds 203"):
        st = obspy.read(io.BytesIO(file.getvalue()), format="AFADMAT")
    assert st[0].stats.npts == 100
