"""CWA, CSMNC, BHRC, ESD, USC and RENADIC: what their headers say, and what they do not."""

import io

import numpy as np
import obspy
import pytest
from obspy import UTCDateTime

from obspy_tng.exceptions import TNGInputError, TNGWarning

from .agency_samples import geonet
from .later_samples import bhrc, csmnc, cwa, esd, renadic, usc
from .sample_parts import START, G


def read(raw, **options):
    return obspy.read(io.BytesIO(raw), **options)


def meta_of(tr):
    return tr.stats[tr.stats._format.lower()]


def test_cwa():
    tr = read(cwa().raw)[0]
    meta = tr.stats.cwa
    assert (meta.station_name, meta.station_latitude, meta.station_longitude) == (
        "Anshuo", 22.381, 120.857)
    assert (meta.magnitude, meta.magnitude_type, meta.event_depth) == (6.0, "Ml", 10.0)
    assert meta.origin_time == UTCDateTime(START - 5.5)
    assert tr.stats.tng.distance == pytest.approx(213, abs=1)
    assert meta.instrument == "FBA"
    # signs and order stand in the header
    turned = cwa().raw.replace(b"U(+); N(+)", b"U(-); N(+)")
    np.testing.assert_array_equal(read(turned)[0].data, -tr.data)
    with pytest.raises(TNGInputError, match="units 'kine'"):
        read(cwa().raw.replace(b"gal. DC", b"kine DC"))
    with pytest.raises(TNGInputError, match="DataSequence"):
        read(cwa().raw.replace(b"U(+); N(+); E(+)", b"one two three"))


def test_cwa_south_and_west_stand_in_the_key():
    raw = cwa().raw.replace(b"Longitude(E)", b"Longitude(W)").replace(b"Latitude(N)",
                                                                      b"Latitude(S)")
    assert read(raw)[0].stats.cwa.station_latitude == -22.381
    assert read(raw)[0].stats.cwa.event_longitude == -121.69


def test_csmnc():
    stream = obspy.Stream()
    for name in ("EW", "NS", "UD"):
        stream += read(csmnc(name).raw, network="CB")
    assert [tr.id for tr in stream] == ["CB.65JZC..HNE", "CB.65JZC..HNN", "CB.65JZC..HNZ"]
    meta = stream[0].stats.csmnc
    assert meta.origin_time == UTCDateTime(2017, 9, 19, 18, 14, 40)  # Beijing time less 8 h
    assert (meta.magnitude, meta.magnitude_type, meta.event_depth) == (4.0, "Ms", 9.0)
    assert (meta.station_latitude, meta.event_longitude) == (39.7, 77.339)
    assert meta.event_name == "ATUSHI EARTHQUAKE, ATUSHI,CHN"
    # the padded code is the same station
    assert read(csmnc(station="065JZC").raw)[0].stats.station == "65JZC"
    in_g = read(csmnc().raw.replace(b"CM/SEC/SEC", b"G"))[0]
    np.testing.assert_allclose(in_g.data, stream[0].data * 100 * G)


def test_bhrc():
    stream = read(bhrc().raw)
    meta = stream[0].stats.bhrc
    assert [meta_of(tr).azimuth for tr in stream] == [324, 0, 54]
    assert (meta.station_name, meta.station_elevation, meta.event_depth) == ("Ajab Shir", 1333, 12)
    assert (meta.magnitude, meta.magnitude_type) == (6.1, "Mw")
    assert meta.origin_time == UTCDateTime(2017, 9, 19, 18, 14, 40)
    # the number of the file is that of the record: the station has its name in all of them
    other = read(bhrc().raw.replace(b"5522/01", b"6001/02"))[0]
    assert other.id == stream[0].id
    cardinal = read(bhrc(azimuths=(270, 0)).raw)
    assert [tr.stats.channel for tr in cardinal] == ["HNE", "HNZ", "HNN"]
    np.testing.assert_allclose(cardinal[0].data, -bhrc().data[0], atol=1e-12)
    without = read(bhrc().raw.replace(b"Azimuth L 324   T 54", b"Azimuth"))
    assert [tr.stats.channel for tr in without] == ["HN1", "HNZ", "HN2"]
    assert meta_of(without[0]).azimuth is None


def test_esd():
    stream = obspy.Stream()
    for name in ("NS", "WE", "UP"):
        stream += read(esd(name).raw)
    assert [tr.stats.channel for tr in stream] == ["HNN", "HNE", "HNZ"]
    assert not stream[1].stats.esd.reversed  # WE names the axis
    meta = stream[0].stats.esd
    assert (meta.station_code, meta.station_name) == ("2987", "L Aquila - V. Aterno, Italy")
    assert (meta.freqmin, meta.freqmax) == (0.1, 50.0)
    assert meta.event_id == "20090406T013239"
    assert meta.station_latitude is None
    in_gal = esd().raw.replace(b"in m/s/s", b"in cm/s/s")
    with pytest.warns(TNGWarning, match="peak in the header"):
        np.testing.assert_allclose(read(in_gal)[0].data, stream[0].data / 100)
    elsewhere = esd().raw.replace(b"DPC (Italian Civil Protection Authority)", b"ITSAK (Greece)")
    assert read(elsewhere)[0].stats.network == ""


@pytest.mark.parametrize("volume", ["V1", "V2"])
def test_usc(volume):
    stream = obspy.Stream()
    for name in ("N90E", "UP", "N00E"):
        stream += read(usc(volume, name).raw)
    assert [tr.id for tr in stream] == ["LA.0016..HNE", "LA.0016..HNZ", "LA.0016..HNN"]
    meta = stream[0].stats.usc
    assert (meta.format_version, meta.magnitude, meta.event_depth, meta.distance) == (
        volume, 6.7, 18.4, 16.749)
    assert meta.station_latitude == pytest.approx(34.0894, abs=1e-4)
    assert meta.station_longitude == pytest.approx(-118.4347, abs=1e-4)  # 05N in the header
    assert len(meta.doubts) == 1
    assert meta.event_longitude == pytest.approx(-118.5369, abs=1e-4)
    assert meta.origin_time == UTCDateTime(1994, 1, 17, 12, 30)
    assert meta.event_name == "NORTHRIDGE EARTHQUAKE"
    assert meta.station_name == "700 N, FARING RD., LOS ANGELES, CA"


def test_usc_corrected():
    sample = usc()
    tr = read(sample.raw)[0]
    assert (tr.stats.usc.freqmin, tr.stats.usc.freqmax) == (0.07, 25.0)
    assert abs(tr.stats.usc.pga) == pytest.approx(np.abs(tr.data).max())
    lines = sample.raw.decode().split("\r\n")
    del lines[next(i for i, line in enumerate(lines) if "OF ACCELERATION DATA" in line)]
    text = "\r\n".join(lines).replace("CM/SEC/SEC", "CMS/SEC/SEC")
    np.testing.assert_array_equal(read(text.encode())[0].data, tr.data)


def test_renadic():
    stream = read(renadic().raw)
    meta = stream[0].stats.csmip
    assert meta.station_name == "VIÑA DEL MAR CENTRO"
    assert [meta[name] for name in (
        "station_latitude", "event_latitude", "event_depth", "magnitude", "origin_time",
        "event_id", "event_name", "distance")] == [None] * 8
    assert not meta.starttime_known
    assert set(stream[0].stats.tng) == {"units", "source"}
    assert meta_of(stream[0]).azimuth is None  # L is not north
    clock = read(renadic(trigger="2/27/2010 2:45:46.000 GMT").raw)[0]
    assert clock.stats.starttime == UTCDateTime(2010, 2, 27, 2, 45, 46)
    assert clock.stats.csmip.starttime_known
    nameless = read(renadic(station="").raw)[0]
    assert nameless.stats.station == "4561"
    assert read(renadic(station="CUYA").raw)[0].stats.station == "CUYA"


def test_words_that_other_files_of_the_formats_have():
    """Bearings in BHRC; a magnitude with its kind in front; units of GeoNet and NSMN."""
    raw = bhrc().raw
    turned = read(raw.replace(b"L 324", b"L N36W").replace(b"T 54", b"T N54E"))
    assert [tr.stats.bhrc.azimuth for tr in turned] == [tr.stats.bhrc.azimuth for tr in read(raw)]
    assert read(csmnc().raw.replace(b"4.0(Ms)", b"Ms4.0"))[0].stats.csmnc.magnitude == 4.0
    given = read(geonet("V1A").raw)[0]
    raw = geonet("V1A").raw
    assert b"1.00 mm/s/s" in raw
    with pytest.warns(TNGWarning, match="peak in the header"):
        scaled = read(raw.replace(b"1.00 mm/s/s", b"1.00 cm/s/s"))[0]
    np.testing.assert_allclose(scaled.data, 10 * given.data)
