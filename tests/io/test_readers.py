"""Every reader on files written from the format's description."""

import io
import warnings
from importlib import import_module

import numpy as np
import obspy
import pytest
import scipy.io
from obspy import UTCDateTime
from obspy.geodetics import gps2dist_azimuth

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.io.common.matfile import load_mat

from .agency_samples import DELTA, ORIGIN, SAMPLES, START, VARIANTS, afadmat, asa, cosmos, dyna
from .agency_samples import at2 as at2_file
from .agency_samples import csmip as csmip_file
from .agency_samples import smc as smc_file

CHECKS = {name: getattr(import_module(f"obspy_tng.io.{name.lower()}"), f"is_{name.lower()}")
          for name in SAMPLES}


def read(raw, **options):
    return obspy.read(io.BytesIO(raw), **options)


def meta_of(tr):
    return tr.stats[tr.stats._format.lower()]


@pytest.mark.parametrize("name", VARIANTS)
def test_samples_codes_and_times(name):
    fmt, make = VARIANTS[name]
    sample = make()
    st = read(sample.raw)
    assert {tr.stats._format for tr in st} == {fmt}
    assert tuple(tr.id for tr in st) == sample.ids
    for tr, truth in zip(st, sample.data, strict=True):
        assert tr.data.dtype == np.float64
        np.testing.assert_allclose(tr.data, truth, rtol=0, atol=sample.tolerance)
        assert tr.stats.delta == DELTA
        assert abs(tr.stats.starttime - (sample.starttime or UTCDateTime(0))) < 1e-6
        assert meta_of(tr).starttime_known == (sample.starttime is not None)
        assert tr.stats.tng.units == meta_of(tr).units == "m/s^2"


@pytest.mark.parametrize("name", VARIANTS)
def test_peak_of_the_header_is_that_of_the_data(name):
    if name.startswith(("AT2", "BHRC", "USC V1")):
        pytest.skip("no peak in the header")
    for tr in read(VARIANTS[name][1]().raw):
        # real headers keep six digits or so
        tolerance = 6e-4 if name == "RENADIC" else 2e-5
        assert abs(meta_of(tr).pga) == pytest.approx(np.abs(tr.data).max(), rel=tolerance)


@pytest.mark.parametrize("name", VARIANTS)
def test_claimed_by_its_own_format_only(name):
    fmt, make = VARIANTS[name]
    raw = make().raw
    file = io.BytesIO(b"xx" + raw)
    file.seek(2)
    assert [key for key, check in CHECKS.items() if check(file)] == [fmt]
    assert file.tell() == 2


@pytest.mark.parametrize("name", SAMPLES)
def test_path_str_and_file_agree(name, tmp_path):
    raw = SAMPLES[name]().raw
    path = tmp_path / "a file"
    path.write_bytes(raw)
    reader = getattr(import_module(f"obspy_tng.io.{name.lower()}"), f"read_{name.lower()}")
    for source in (path, str(path), io.BytesIO(raw)):
        assert obspy.read(source) == read(raw)
        if hasattr(source, "seek"):
            source.seek(0)
        assert len(reader(source)) == len(read(raw))
    assert CHECKS[name](path)


@pytest.mark.parametrize("name", VARIANTS)
def test_headonly(name):
    raw = VARIANTS[name][1]().raw
    full, head = read(raw), read(raw, headonly=True)
    for a, b in zip(full, head, strict=True):
        assert len(b.data) == 0
        assert (a.id, a.stats.npts, a.stats.delta, a.stats.starttime) == (
            b.id, b.stats.npts, b.stats.delta, b.stats.starttime)
        assert meta_of(a) == meta_of(b)


@pytest.mark.parametrize("name", SAMPLES)
def test_starttime_endtime(name):
    raw = SAMPLES[name]().raw
    full = read(raw)
    t0 = full[0].stats.starttime
    for nearest in (True, False):
        cut = read(raw, starttime=t0 + 0.504, endtime=t0 + 1.0, nearest_sample=nearest)
        truth = full.copy().trim(t0 + 0.504, t0 + 1.0, nearest_sample=nearest)
        for a, b in zip(cut, truth, strict=True):
            assert a.stats.starttime == b.stats.starttime
            np.testing.assert_array_equal(a.data, b.data)
    if name == "AFADMAT":
        reader = import_module("obspy_tng.io.afadmat").read_afadmat
        assert reader(io.BytesIO(raw), starttime=t0 + 0.2)[0].stats.npts == 183


@pytest.mark.parametrize("name", SAMPLES)
def test_cut_files(name):
    """At any byte: an error, or (strict=False) a warning and an exact beginning."""
    sample = SAMPLES[name]()
    raw = sample.raw
    text = name != "AFADMAT"
    width = 15  # no format has longer fields; inside the last one a cut may go unseen
    for size in np.linspace(1, len(raw) - width - 2, 60).astype(int):
        reader = getattr(import_module(f"obspy_tng.io.{name.lower()}"), f"read_{name.lower()}")
        try:
            st = reader(io.BytesIO(raw[:size]))
        except TNGInputError:
            pass
        else:  # only what follows the acceleration is cut
            assert name == "USC" or (name in ("COSMOS", "CSMIP") and len(raw) - size < 60)
            assert sum(tr.stats.npts for tr in st) == sample.data.size
            continue
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                st = reader(io.BytesIO(raw[:size]), strict=False)
            except TNGInputError:
                continue
        assert text
        assert any(w.category is TNGWarning for w in caught)
        for tr, truth in zip(st, sample.data, strict=False):
            np.testing.assert_allclose(tr.data, truth[:tr.stats.npts], rtol=0,
                                       atol=sample.tolerance)


def test_not_strict_gives_all_that_is_there():
    raw = asa().raw
    with pytest.warns(TNGWarning, match="npts=203 and the file holds 152 samples"):
        st = read(raw[:-51 * 32], strict=False)
    assert [tr.stats.npts for tr in st] == [152] * 3
    assert meta_of(st[0]).npts_header == 203


def test_metadata():
    for name, id_ in (("DYNA", "EMSC-20170919_0000091"), ("ASA", "20170919T181440"),
                      ("COSMOS", "20170919T181440"), ("CSMIP", "20170919T181440")):
        tr = read(SAMPLES[name]().raw)[0]
        meta = meta_of(tr)
        assert meta.origin_time == ORIGIN
        assert meta.event_id == tr.stats.tng.event_id == id_
        assert meta.magnitude == tr.stats.tng.magnitude == 7.1
        assert meta.station_latitude == pytest.approx(19.4356, abs=5e-4)
        assert meta.station_longitude == pytest.approx(-99.1453, abs=5e-4)
        assert meta.event_latitude == pytest.approx(18.3353, abs=5e-4)
        assert meta.event_depth in (38.5, 38.0)
        if name != "ASA":
            assert (tr.stats.tng.freqmin, tr.stats.tng.freqmax) == (0.05, 30.0)
    asa_meta = meta_of(read(asa().raw)[0])
    metres = gps2dist_azimuth(19.4356, -99.1453, 18.3353, -98.6763)[0]
    assert asa_meta.distance == pytest.approx(metres / 1000, rel=5e-3)
    assert meta_of(read(dyna(STATION_LATITUDE_DEGREE="91").raw)[0]).station_latitude is None
    assert meta_of(read(asa().raw)[0]).station_name == "Escuela Núñez"
    assert meta_of(read(dyna().raw)[0]).vs30 == 75
    geonet = meta_of(read(SAMPLES["GEONET"]().raw)[0])
    assert geonet.station_latitude == pytest.approx(-42.5233333)
    assert (geonet.magnitude, geonet.distance, geonet.event_depth) == (7.82, 25, 15)
    assert meta_of(read(SAMPLES["NSMN"]().raw)[0]).station_name == "AYDIN GERMENCİK"
    afad = read(afadmat().raw)[0].stats
    assert (afad.afadmat.vs30, afad.afadmat.event_depth) == (567, 17.0)


def test_asa_follows_orientation_not_the_column_heads():
    data = asa(orientation=("N00E", "+V", "N90E")).data
    for orientation in (("S00E", "-V", "N90W"), ("N00E", "V", "N90E")):
        st = read(asa(orientation=orientation, heads=("N00E", "+V", "N90E")).raw)
        turned = orientation[0] == "S00E"
        for tr, truth in zip(st, data, strict=True):
            np.testing.assert_allclose(tr.data, -truth if turned else truth, atol=1e-12)
            assert meta_of(tr).reversed is turned
        assert [meta_of(tr).azimuth for tr in st] == [0, 0, 90]


def test_asa_channels_of_different_length_and_midnight():
    st = read(asa(npts=(203, 150, 100)).raw)
    assert [tr.stats.npts for tr in st] == [203, 150, 100]
    st = read(asa(time="23:59:30.00").raw)  # more than 12 h from the origin would be next day
    assert st[0].stats.starttime == UTCDateTime(2017, 9, 19, 23, 59, 30)
    st = read(asa(time="00:00:02.00", date="2017/09/19").raw)
    assert st[0].stats.starttime == UTCDateTime(2017, 9, 20, 0, 0, 2)


def test_azimuths_that_are_not_cardinal():
    st = read(cosmos(azimuths=(340, 401, 70), scnl=False).raw)
    assert [tr.stats.channel for tr in st] == ["HN1", "HNZ", "HN2"]
    assert [meta_of(tr).azimuth for tr in st] == [340, 0, 70]
    np.testing.assert_allclose(st[1].data, -cosmos().data[1], atol=1e-12)  # "down" is turned
    st = read(cosmos(azimuths=(45, 400, 135), scnl=False).raw)
    assert sorted(tr.stats.channel for tr in st) == ["HN1", "HN2", "HNZ"]


def test_several_records_in_one_file():
    streams = ("HNE", "HNN", "HNZ")
    raw = b"".join(dyna(stream=name).raw for name in streams)
    assert [tr.stats.channel for tr in read(raw)] == list(streams)
    st = read(cosmos(azimuths=(90, 90, 90), scnl=False).raw)
    assert [tr.id for tr in st] == [f"XX.TST1.{n:02d}.HNE" for n in (1, 2, 3)]
    cut = raw[:-400]
    with pytest.warns(TNGWarning):
        assert len(read(cut, strict=False)) == 3
    with pytest.warns(TNGWarning, match="records before it are kept"):
        assert len(read(raw[:2 * len(raw) // 3 + 200], strict=False)) == 2


def test_afad_columns():
    raw = afadmat().raw
    north_first, east_first = read(raw), read(raw, columns="ENU")
    np.testing.assert_array_equal(north_first.select(component="N")[0].data,
                                  east_first.select(component="E")[0].data)
    with pytest.raises(TNGInputError, match="columns is 'ZNE'"):
        read(raw, columns="ZNE")


@pytest.mark.parametrize("compress", [True, False])
def test_mat_decoder_against_scipy(compress):
    """Numbers of every type, complex, text, cells, structs: as scipy.io reads them."""
    values = {kind: np.arange(6).reshape(2, 3).astype(kind)
              for kind in ("u1", "i2", "u4", "i8", "f4", "f8")}
    values |= {"complex": np.array([[1 + 2j, 3 - 4j]]), "text": "çığ", "empty": np.zeros((0, 3)),
               "cell": np.array([np.eye(2), "a"], dtype=object), "in": {"a": 1.5, "b": {"c": "d"}}}
    file = io.BytesIO()
    scipy.io.savemat(file, {"top": values}, do_compression=compress)
    ours = load_mat(file.getvalue())["top"][0]
    theirs = scipy.io.loadmat(file)["top"][0, 0]
    for name in (*["u1", "i2", "u4", "i8", "f4", "f8"], "complex", "empty"):
        np.testing.assert_array_equal(ours[name], theirs[name])
    assert ours["text"] == theirs["text"][0]
    np.testing.assert_array_equal(ours["cell"][0], theirs["cell"][0, 0])
    assert ours["cell"][1] == "a"
    assert ours["in"][0]["b"][0]["c"] == "d"


def test_pairs_from_film():
    sample = csmip_file("V1", pairs=True)
    for tr, truth in zip(read(sample.raw), sample.data, strict=True):
        np.testing.assert_allclose(tr.data, truth, atol=2e-3)
    sample = smc_file(pairs=True, kind="1 UNCORRECTED ACCELEROGRAM")
    np.testing.assert_allclose(read(sample.raw)[0].data, sample.data[0], atol=1e-3)


def test_velocity_is_not_taken_for_acceleration():
    tr = read(at2_file(unit="CM/S", quantity="VELOCITY").raw)[0]
    assert (meta_of(tr).units, tr.stats.tng.units, tr.stats.channel) == ("m/s", "m/s", "HXE")
    tr = read(smc_file(kind="4 DISPLACEMENT").raw)[0]
    assert meta_of(tr).units == "m"
    with pytest.raises(TNGInputError, match="units 'FURLONG' are not known"):
        read(at2_file(unit="FURLONG").raw)


def test_counts_keep_a_stated_factor():
    raw = cosmos().raw.replace(b"units=cm/sec2(04)", b"units=counts (50)")
    st = read(raw)
    assert meta_of(st[0]).units == "counts"
    np.testing.assert_allclose(st[0].data, cosmos().data[0] * 100)
    # real headers 22, 42 and 47: microvolts a count, V/g, gain
    lines = raw.decode().split("\n")
    row = next(i for i, line in enumerate(lines) if "Real-header" in line)
    lines[row + 4] = lines[row + 4][:39] + f"{2.5:13.6f}" + lines[row + 4][52:]
    lines[row + 7] = lines[row + 7][:65] + f"{1.25:13.6f}"
    tr = read("\n".join(lines).encode())[0]
    assert meta_of(tr).factor == tr.stats.calib == pytest.approx(2.5e-6 / 1.25 * 9.80665)


def test_network_keyword_and_bad_values():
    assert read(asa().raw, network="MX")[0].id == "MX.TST1..HNN"
    for delta in ("0.0", "-0.01", "1e9", ""):
        with pytest.raises(TNGInputError, match="sampling interval"):
            read(dyna(SAMPLING_INTERVAL_S=delta).raw)
    with pytest.raises(TNGInputError, match="DATA_TYPE"):
        read(dyna(DATA_TYPE="ACCELERATION RESPONSE SPECTRUM").raw)
    with pytest.raises(TNGInputError, match="npts=1000000000"):
        read(dyna(NDATA="1000000000").raw)
    with pytest.raises(TypeError, match="binary mode"):
        import_module("obspy_tng.io.dyna").read_dyna(io.StringIO("EVENT_NAME:"))


def test_missing_fields_stay_none():
    blank = {key: "" for key in (
        "EVENT_DATE_YYYYMMDD", "EVENT_LATITUDE_DEGREE", "MAGNITUDE_W", "VS30_M/S", "EVENT_ID",
        "DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS", "PGA_CM/S^2", "STATION_NAME", "UNITS")}
    tr = read(dyna(**blank).raw)[0]
    meta = tr.stats.dyna
    assert [meta[key] for key in ("origin_time", "event_latitude", "magnitude", "vs30", "pga",
                                  "event_id", "station_name")] == [None] * 7
    assert tr.stats.starttime == UTCDateTime(0)
    assert set(tr.stats.tng) == {"units", "source", "distance", "depth", "freqmin", "freqmax"}
    for place in ("14/11/2010 23:09:19.300", "2010/11/14 23:09:19.3000000"):
        st = read(dyna(DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS=place,
                       LOCATION="HATAY_HASSA").raw)
        assert st[0].stats.starttime == UTCDateTime(2010, 11, 14, 23, 9, 19, 300000)
        assert st[0].stats.location == ""
    assert read(dyna().raw)[0].stats.starttime == START


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"AFADMAT"}))
def test_an_appended_file_is_a_second_record(name, end):
    """No samples are dropped in silence, and ids stay apart."""
    raw = SAMPLES[name]().raw
    one = read(raw)
    both = read(raw.rstrip() + (end or b"\n") + raw)
    assert len(both) == 2 * len(one)
    assert len({tr.id for tr in both}) == len(both)
    for tr, again in zip(one, both[len(one):], strict=True):
        np.testing.assert_array_equal(tr.data, again.data)
