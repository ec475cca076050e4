"""What agencies' headers do to metadata, ids and records: one case of each kind, and its kin."""

import io
import re
import zipfile

import numpy as np
import obspy
import pytest
from obspy import Stream, UTCDateTime

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.records.prepare import prepare_record

from .agency_samples import DELTA, G, asa, at2, cosmos, csmip, dyna, geonet, nsmn, rows, smc


def read(raw, **options):
    return obspy.read(io.BytesIO(raw), **options)


def meta_of(tr):
    return tr.stats[tr.stats._format.lower()]


# -- samples at the end of a file ---------------------------------------------------

@pytest.mark.parametrize("end", ["\n", "", " ", "\n ", "\r\n\x1a", "\x1a", "\r", "\n\n\x1a\x1a"])
@pytest.mark.parametrize(("fmt", "form"), [
    ("3F10.4", "{:10.4f}"), ("3E16.7", "{:16.7E}"), ("3D16.8", "{:16.8E}"), ("3F12.5", "{:12.5f}"),
    ("1P3E14.6", "{:14.6E}"), ("3(1X,F9.3)", " {:9.3f}"), ("3I8", "{:8.0f}"), ("*", " {:.5f}")])
def test_asa_formats_and_ends(fmt, form, end):
    head, mark, body = asa(newline="\n").raw.decode("latin-1").partition("DATOS DE ACELERACION:")
    text = [form.format(v) for v in 100 * rows().T.ravel()]
    if "D" in fmt:
        text = [v.replace("E", "D") for v in text]
    lines = ["".join(text[i:i + 3]) for i in range(0, len(text), 3)]
    head = head.replace("3F10.4", fmt)
    raw = (head + mark + "\n".join(body.split("\n")[:5] + lines) + end).encode("latin-1")
    truth = np.array([float(v.replace("D", "E")) for v in text]).reshape(-1, 3).T / 100
    signs = (-1, 1, -1)  # S00E, +V, N90W
    for tr, values, sign in zip(read(raw), truth, signs, strict=True):
        np.testing.assert_allclose(tr.data, sign * values, rtol=1e-12)


# -- lists and words of ASA -----------------------------------------------------------

def test_asa_lists_without_the_first_slash():
    raw = re.sub(rb"(ACEL. MAX.\(Gal\), C1-C6 +: )/\S+", rb"\g<1>1.5636/.5556/-1.7065",
                 asa(newline="\n").raw)
    with pytest.warns(TNGWarning, match="peak in the header"):
        st = read(raw)
    assert [round(meta_of(tr).pga * 100, 4) for tr in st] == [1.5636, 0.5556, -1.7065]
    directions = asa(newline="\n").raw.replace(b": /S00E/+V/N90W", b": N-S/V;+/E-O")
    assert [tr.stats.channel for tr in read(directions)] == ["HNN", "HNZ", "HNE"]


def test_asa_times():
    raw = asa(newline="\n", date="19 de SEPTIEMBRE del 2017", time="18:14").raw
    tr = read(raw)[0]
    assert tr.stats.starttime == UTCDateTime(2017, 9, 19, 18, 14)
    assert not tr.stats.asa.starttime_known  # minutes only
    assert tr.stats.asa.starttime_precision == 60
    assert tr.stats.asa.origin_time == UTCDateTime(2017, 9, 19, 18, 14, 40)
    without = re.sub(rb"(HORA EPICENTRO \(GMT\) +: ).*", rb"\1", raw)
    assert read(without)[0].stats.starttime == UTCDateTime(2017, 9, 19, 18, 14)


def test_rows_beyond_the_stated_number():
    stated = asa(newline="\n").raw.replace(b"/203/203/203", b"/203/203/20")
    assert [tr.stats.npts for tr in read(stated)] == [203] * 3
    fewer = nsmn().raw.replace(b"NUMBER OF DATA          : 203", b"NUMBER OF DATA          : 190")
    assert [tr.stats.npts for tr in read(fewer)] == [203] * 3


def test_hemispheres():
    raw = asa(newline="\n").raw.replace(b"99.1453 LONG. W", b"99.1453 LONG. E")
    meta = read(raw)[0].stats.asa
    assert meta.station_longitude == -99.1453
    assert meta.distance == pytest.approx(131.7, abs=1)
    assert "station_longitude" in meta.doubts[0]
    wrong = geonet().raw.replace(b"42 31 24S", b"42 31 24N")
    assert read(wrong)[0].stats.geonet.station_latitude == pytest.approx(-42.5233, abs=1e-3)


# -- PEER -------------------------------------------------------------------------------

def peer(component="90", station="Some Station", event="Some Event, 1/17/1994", seed=0, npts=8000,
         quantity="ACCELERATION TIME SERIES IN UNITS OF G"):
    data = np.random.default_rng(seed).normal(size=npts)
    data *= 0.1 * np.exp(-(np.arange(npts) / 100 - 30) ** 2 / 50)
    lines = ["PEER NGA STRONG MOTION DATABASE RECORD", f"{event}, {station}, {component}", quantity,
             f"NPTS= {npts:6d}, DT=   .0100 SEC",
             *("".join(f"{v:15.7E}" for v in data[i:i + 5]) for i in range(0, npts, 5))]
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("components", [("225", "315", "UP"), ("45", "135", "DWN"),
                                        ("FN", "FP", "UP"), ("090", "000", "V")])
def test_at2_triples(components):
    stream = sum((read(peer(c, seed=i), network="XX") for i, c in enumerate(components)), Stream())
    assert len({tr.id for tr in stream}) == 3
    if components[0] == "FN":
        with pytest.raises(TNGInputError, match="the direction of this component is not known"):
            prepare_record(stream, sampling_rate=50.0)
    else:
        assert len(prepare_record(stream, sampling_rate=50.0)) == 3


def test_at2_of_nga_east():
    tr = read(peer("BH200", "CCM", "ComalTX11-10-20, 10/20/2011"))[0]
    assert (tr.id, tr.stats.at2.station_name) == (".CCM.00.BH2", "CCM")
    assert tr.stats.at2.event_name == "ComalTX11-10-20"
    assert tr.stats.at2.event_id == "20111020-COMALTX111020"


@pytest.mark.parametrize(("line", "station", "component", "event"), [
    ("CHICHI AFTERSHOCK 09/20/99 2146, CHY039, E, (CWB)", "CHY039", "E", "CHICHI AFTERSHOCK"),
    ("Coyote 8/6/79 1705, ABCD, 090", "ABCD", "E", "Coyote"),
    ("DENALI 11/03/02 PS10 047", "PS10", "2", "DENALI"),
    ("San Fernando, 2/9/1971, LA - Hollywood Stor FF, 180", "LA - Hollywood Stor FF", "N",
     "San Fernando")])
def test_at2_descriptions(line, station, component, event):
    raw = peer().replace(b"Some Event, 1/17/1994, Some Station, 90", line.encode())
    tr = read(raw)[0]
    assert (tr.stats.at2.station_name, tr.stats.channel[-1], tr.stats.at2.event_name) == (
        station, component, event)


def test_at2_filters_and_units():
    line = "ACCELERATION TIME HISTORY IN UNITS OF G. FILTER POINTS: HP=-5 POLE @ .05 Hz LP= 40.0"
    meta = read(peer(quantity=line))[0].stats.at2
    assert (meta.freqmin, meta.freqmax) == (0.05, 40.0)
    for units, factor in (("The units are (g)", G), ("UNITS: [cm/s/s]", 0.01), ("UNITS G", G)):
        tr = read(peer(quantity=units))[0]
        assert tr.stats.at2.factor == pytest.approx(factor)
        assert tr.stats.at2.station_name is None  # the line above is not PEER's
    with pytest.raises(TypeError):  # nobody's: no unit
        read(peer(quantity="Points in a row"))


# -- CSMIP --------------------------------------------------------------------------------

def structure(number, name, place, total=20):
    """One channel of a CSMIP file as channel ``number`` of a structure."""
    raw = csmip().raw.decode("latin-1")
    raw = raw[:raw.index("End of data for channel  1")] + "End of data\r\n"
    raw = raw.replace("3 at Sta)", f"{total} at Sta)")
    return re.sub(r"\nChan  1:  360 Deg", f"\nChan  1: {name}   (Sta Chn: {number:2d})     "
                  f"Location: {place}", raw).encode("latin-1")


def test_channels_of_a_structure():
    places = ["Base"] * 4 + ["Roof, center"] * 5 + ["Free field"] * 3
    names = ["360 Deg", "Up", "90 Deg"] * 4
    files = [structure(n, name, place)
             for n, (name, place) in enumerate(zip(names, places, strict=True), 1)]
    with pytest.warns(TNGWarning, match="by its code"):  # the code stays that of north
        alone = [read(raw)[0].id for raw in files]
    with pytest.warns(TNGWarning, match="by its code"):
        together = read(b"".join(files))
    assert len(set(alone)) == 12
    assert [tr.id for tr in together] == alone
    free_field = together[9:]
    assert len({i[:-1] for i in alone[9:]}) == 1  # one sensor, three components
    assert [tr.stats.channel[-1] for tr in free_field] == ["N", "Z", "E"]
    with pytest.warns(TNGWarning, match="by its code"):
        assert read(structure(2, "Up", "Base", total=3))[0].stats.location == ""


def test_csmip_directions_and_network():
    assert read(structure(1, "2 DEG", "x", 3))[0].stats.channel == "HNN"
    assert read(structure(1, "2 DEG", "x", 3))[0].stats.csmip.azimuth == 2.0
    raw = csmip().raw.replace(b"Hypocenter(SSN)", b"HYPOCENTER(USGS)")
    assert read(raw)[0].stats.network == "CE"
    raw = re.sub(rb"CGS  ( |667)", rb"    \1", raw)
    raw = raw.replace(b"23583-E0245-92183.06", b"01336-C0164-79290.04")
    assert read(raw)[0].stats.network == "CE"  # by the number of the record


@pytest.mark.parametrize(("first", "second", "time", "known"), [
    ("Start time: 10/11/13, 23:05 GMT (*LoQ*)", "Rcrd of Fri Oct 11, 2013 16:05:59.0 PDT",
     "2013-10-11T23:05:59", True),
    ("Start time: 10/11/13, 23:05:59.5(*LoQ*)", "Puebla earthquake", "2013-10-11T23:05:59.5", True),
    ("Start time: 10/11/13, 23:05 GMT", "Puebla earthquake", "2013-10-11T23:05", False),
    ("Trigger time: 1/01/80, 00:12:07.5 GMT", "Puebla earthquake", "1970-01-01", False)])
def test_csmip_times(first, second, time, known):
    raw = re.sub(rb"Trigger time:[^\r]*", first.encode(), csmip().raw)
    tr = read(raw.replace(b"Puebla earthquake", second.encode()))[0]
    assert tr.stats.starttime == UTCDateTime(time)
    assert tr.stats.csmip.starttime_known is known


def test_csmip_blanks():
    raw = re.sub(rb"Hypocenter\(SSN\)[^\r]*",
                 b"HYPOCENTER:   0.000N    0.000E  H=   0.0KM   ML= 0.00", csmip("V1").raw)
    tng = read(raw)[0].stats.tng
    assert not {"magnitude", "distance", "depth"} & set(tng)


# -- zips ----------------------------------------------------------------------------------

def test_zip_with_spectra(tmp_path):
    spectra = ("RESPONSE AND FOURIER AMPLITUDE SPECTRA (68 PERIODS)   FOR\r\n"
               + csmip().raw.decode("latin-1")).encode("latin-1")
    path = tmp_path / "agency.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("A.V3", spectra)
        file.writestr("A.V2", csmip().raw)
        file.writestr("A.V1", csmip("V1").raw)
    with pytest.warns(TNGWarning, match="spectra"):
        assert len(obspy.read(path)) == 6
    alone = tmp_path / "A.V3"
    alone.write_bytes(spectra)
    with pytest.warns(TNGWarning, match="spectra"), pytest.raises(Exception, match="Cannot open"):
        obspy.read(alone)


# -- SMC, GeoNet, COSMOS ----------------------------------------------------------------------

def test_smc_horizontals_in_files_of_their_own():
    ids = {read(smc(azimuth=azimuth).raw)[0].id for azimuth in (45, 135)}
    assert len(ids) == 2


@pytest.mark.parametrize("title", ["0 UNKNOWN", "0 ACCELEROGRAM", "0", "0 other data"])
def test_smc_of_type_zero(title):
    raw = smc().raw.replace(b"2 CORRECTED ACCELEROGRAM", title.encode())
    np.testing.assert_array_equal(read(raw)[0].data, read(smc().raw)[0].data)
    velocity = smc().raw.replace(b"2 CORRECTED ACCELEROGRAM", b"0 VELOCITY")
    assert read(velocity)[0].stats.smc.units == "m/s"
    spectra = smc().raw.replace(b"2 CORRECTED ACCELEROGRAM", b"5 RESPONSE SPECTRA")
    with pytest.warns(TNGWarning, match="spectra"), pytest.raises(Exception, match="Cannot open"):
        read(spectra)


def test_smc_recorders_of_one_station():
    """Serial number (integer 8), channels of the recorder (10) and of the station (11)."""
    def channel(number, serial, on_recorder, in_station):
        lines = smc().raw.decode().split("\r\n")
        lines[11] = lines[11][:70] + f"{serial:10d}"
        lines[12] = f"{number:10d}{on_recorder:10d}{in_station:10d}" + lines[12][30:]
        return read("\r\n".join(lines).encode())[0].stats.location

    building = [channel(n, serial, 7, 14) for serial in (210, 444) for n in range(1, 8)]
    assert len(set(building)) == 14
    triples = [[channel(n, serial, 3, 6) for n in (1, 2, 3)] for serial in (210, 444)]
    assert [len(set(triple)) for triple in triples] == [1, 1]  # each makes a record
    assert triples[0][0] != triples[1][0]
    assert channel(2, 210, 3, 3) == ""


def test_smc_minutes_only():
    head = smc().raw.decode().split("\r\n")
    head[11] = head[11][:50] + f"{0:10d}{-32768:10d}" + head[11][70:]
    tr = read("\r\n".join(head).encode())[0]
    assert tr.stats.starttime == UTCDateTime(2017, 9, 19, 18, 14)
    assert not tr.stats.smc.starttime_known


def test_film_triples():
    """Three traces that begin within a sample of each other make a record."""
    stream = Stream()
    for number, (azimuth, upward) in enumerate(((133, 90), (0, 0), (43, 90))):
        rng = np.random.default_rng(number)
        times = 0.0011 * number + np.cumsum(rng.uniform(0.9, 1.1, 12000)) / 420.0
        values = 100 * rng.normal(size=12000) * np.exp(-((times - 10) / 4) ** 2)
        pairs = np.column_stack([times, values]).ravel()
        head = smc(azimuth, upward, True, "1 UNCORRECTED ACCELEROGRAM").raw.decode().split("\r\n")
        head = head[:29]
        head[13] = f"{len(pairs):10d}" + head[13][10:]
        fields = [f"{v:10.3E}".replace("E+0", "E+").replace("E-0", "E-").rjust(10) for v in pairs]
        lines = ["".join(fields[i:i + 8]) for i in range(0, len(fields), 8)]
        stream += read("\r\n".join([*head, *lines, ""]).encode())
    assert len({tr.stats.sampling_rate for tr in stream}) == 1
    record = prepare_record(stream, sampling_rate=100.0, window=20.0, common_span=True)
    assert [tr.stats.channel[-1] for tr in record] == ["Z", "N", "E"]


def test_geonet_corners_and_places():
    raw = geonet("V2A").raw
    assert read(raw)[0].stats.geonet.freqmin == 0.25  # end of the ramp
    lines = raw.decode("latin-1").split("\n")
    row = next(i for i, line in enumerate(lines) if line.startswith("Component")) + 4 + 4 + 5
    high_pass = list(lines)
    high_pass[row] = "   0.060   0.000   0.000" + high_pass[row][24:]
    high_pass = "\n".join(high_pass).replace("Data is unfiltered",
                                             "High-pass filter corner is  0.06 Hz", 1)
    assert read(high_pass.encode("latin-1"))[0].stats.geonet.freqmin == 0.06
    unknown = raw.replace(b"Site TSTS      42 31 24S  172 49 50E", b"Site location unknown")
    tr = read(unknown)[0]
    assert (tr.stats.station, tr.stats.geonet.station_latitude) == ("TSTS", None)
    old = raw.replace(b"    2017       9", b"    1968       5")
    assert not read(old)[0].stats.geonet.starttime_known
    assert read(old)[0].stats.geonet.origin_time.year == 1968


def test_cosmos_codes_and_times():
    raw = cosmos(scnl=False).raw.replace(b"Code:XX-TST1", b"Code:---J2236")
    assert read(raw)[0].id == ".J2236..HNN"
    lines = cosmos(scnl=False).raw.decode().split("\n")
    row = next(i for i, line in enumerate(lines) if "Real-header" in line)
    lines[row + 5] = lines[row + 5][:65] + f"{-999.0:13.6f}" + lines[row + 5][78:]
    assert read("\n".join(lines).encode())[0].stats.starttime == UTCDateTime(
        2017, 9, 19, 18, 14, 45, 500000)  # the seconds stand in the text
    text = "\n".join(lines).replace("18:14:45.500 UTC", "18:14 UTC")
    assert not read(text.encode())[0].stats.cosmos.starttime_known


def test_dyna_states_how_sure_its_start_is():
    for stated, known in (("millisecond", True), ("second", True), ("minute", False)):
        tr = read(dyna(DATE_TIME_FIRST_SAMPLE_PRECISION=stated).raw)[0]
        assert tr.stats.dyna.starttime_known is known


def test_names_in_turkish():
    name = "GERMENC\u0130K \u015e\u011f\u0131"
    raw = dyna(STATION_NAME="@").raw.replace(b"STATION_NAME: @",
                                            b"STATION_NAME: " + name.encode("iso8859-9"))
    assert read(raw)[0].stats.dyna.station_name == name
    utf8 = dyna(STATION_NAME="@").raw.replace(b"STATION_NAME: @",
                                             b"STATION_NAME: " + name.encode())
    assert read(utf8)[0].stats.dyna.station_name == name


def test_two_records_of_one_station_keep_its_id():
    """One after the other in time: no sensors of their own."""
    later = dyna(DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS="20170919_181545.500").raw
    stream = read(dyna().raw + later)
    assert {tr.id for tr in stream} == {"XX.TST1..HNE"}
    assert stream[1].stats.starttime - stream[0].stats.starttime == 60
    assert stream[0].stats.delta == DELTA


def test_at2_names_its_stations():
    assert read(at2().raw)[0].stats.at2.station_code == "Alhambra - Fremont School"


def test_at2_with_the_time_behind_a_comma():
    line = "NORTHRIDGE EQ 1/17/94, 12:31, SYLMAR - CONVERTER STA, 052"
    text = "\n".join(["PEER STRONG MOTION DATABASE RECORD", line,
                      "ACCELERATION TIME HISTORY IN UNITS OF G", "NPTS= 4, DT= .01 SEC",
                      "  .1E+00 -.1E+00  .2E+00  .0E+00", ""])
    tr = obspy.read(io.BytesIO(text.encode()))[0]
    assert tr.stats.at2.station_name == "SYLMAR - CONVERTER STA"
    assert tr.stats.at2.origin_time == obspy.UTCDateTime(1994, 1, 17, 12, 31)
    assert tr.stats.at2.azimuth == 52
