"""The agencies' own files (outside the repository): read, and peaks as printed."""

import warnings

import numpy as np
import obspy
import pytest
from obspy import UTCDateTime

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.records.prepare import prepare_record

# cut short by their source: file -> (samples stated, samples there)
CUT = {"AL0120110426110728": (15849, 15350), "AU4620140508170016": (19140, 19123)}


def read_all(formats):
    for path in sorted(p for p in formats.rglob("*") if p.is_file()):
        with warnings.catch_warnings():
            if path.name in CUT:
                warnings.simplefilter("ignore", TNGWarning)
            yield path, obspy.read(path, strict=path.name not in CUT)


def meta_of(tr):
    return tr.stats[tr.stats._format.lower()]


# folder -> what its headers do not say
SILENT = {"renadic": {"start", "place", "origin"}, "bhrc": {"start", "peak"},
          "usc": {"start", "peak"}, "esd": {"start", "place"}, "smc": {"start"}}
# folder -> half of the last digit of the printed peak, m/s^2
ROUNDED = {"afad_mat": 5.1e-6, "renadic": 5e-3, "cwa": 1e-8, "csmnc": 5.1e-6, "dyna": 5.1e-6}


def test_all_read_with_peaks_of_the_headers(formats):
    count = 0
    for path, st in read_all(formats):
        silent = SILENT.get(path.parent.name, set())
        for tr in st:
            count += 1
            meta = meta_of(tr)
            assert meta.starttime_known is ("start" not in silent), path
            assert tr.stats.station, path
            assert (meta.station_latitude is None) is ("place" in silent), path
            assert (meta.origin_time is None) is ("origin" in silent), path
            if not silent:
                assert abs(tr.stats.starttime - meta.origin_time) < 6 * 3600, path
            assert np.isfinite(tr.data).all()
            assert meta.units == "m/s^2"
            if path.name == "AL0120110426110728" or "peak" in silent:
                continue  # the header of the first is that of the whole record
            assert np.abs(tr.data).max() == pytest.approx(
                abs(meta.pga), rel=2e-5, abs=ROUNDED.get(path.parent.name, 0)), path
    assert count >= 100


@pytest.mark.parametrize("pattern", ["csmnc/*", "esd/*", "cwa/1-EAS.dat", "bhrc/5522-1.V1",
                                     "usc/017m30lw.*"])
def test_records(formats, pattern):
    """Of the later formats, what has no fault of its own."""
    stream = sum((obspy.read(path) for path in sorted(formats.glob(pattern))), obspy.Stream())
    rate = min(100.0, stream[0].stats.sampling_rate)
    window = min(60.0, stream[0].stats.endtime - stream[0].stats.starttime - 2)
    record = prepare_record(stream, sampling_rate=rate, window=window, common_span=True)
    assert [tr.stats.channel[-1] for tr in record] == ["Z", "N", "E"]
    assert record[0].stats.tng.units == "m/s^2"


def test_first_motion_of_esd_points_away_from_the_epicentre(formats):
    """Up and to the north-west at Colle Grilli: its ``WE`` is positive to the east."""
    st = obspy.Stream()
    for path in sorted((formats / "esd").iterdir()):
        st += obspy.read(path)
    st.filter("bandpass", freqmin=1, freqmax=15)
    z, n, e = (st.select(component=c)[0].data for c in "ZNE")
    first = int(np.argmax(np.abs(z) > 0.01 * np.abs(z).max())) - 20
    motion = np.stack([n, e, z])[:, first:first + 40]
    axis = np.linalg.eigh(np.cov(motion))[1][:, -1]
    axis *= np.sign(axis[2])
    away = 314.0  # from 42.342 N, 13.380 E to 42.373 N, 13.337 E
    turn = np.degrees(np.arctan2(axis[1], axis[0])) - away
    assert abs((turn + 180) % 360 - 180) < 20


def test_time_of_the_peaks(formats):
    """Where a header prints it."""
    truth = {"ce36456p_CE36456.V2": (10.94, 11.68, 7.74),
             "20161113_110300_HSES_20.V1A": (48.13, 47.80, 51.77),
             "0111b.smc": (10.345,), "Cosmos12TimeSeriesTest.v1": (27.85,),
             "HI.ARS1..HNE.D.20190728.160908.C.ACC.ASC": (20.67,)}
    for name, times in truth.items():
        st = obspy.read(next(formats.rglob(name)))
        read = [np.abs(tr.data).argmax() * tr.stats.delta for tr in st]
        np.testing.assert_allclose(read, times, atol=0.0051)
    # corrected GeoNet records begin with padding; header times count from the buffer's start
    st = obspy.read(next(formats.rglob("*WPWS_20.V2A")))
    buffer = UTCDateTime(2018, 2, 12, 21, 15, 17)
    read = [tr.stats.starttime + np.abs(tr.data).argmax() * tr.stats.delta - buffer for tr in st]
    np.testing.assert_allclose(read, (43.68, 43.66, 40.36), atol=0.0051)


@pytest.mark.parametrize("name", CUT)
def test_cut_short(formats, name):
    stated, there = CUT[name]
    path = next(formats.rglob(name))
    with pytest.raises(TNGInputError, match=f"npts={stated} and the file holds {there}"):
        obspy.read(path)
    with pytest.warns(TNGWarning):
        st = obspy.read(path, strict=False)
    assert [tr.stats.npts for tr in st] == [there] * 3


def test_asa_agrees_with_the_archive(formats, mexico):
    """The same records as counts with StationXML, rotated by ObsPy: an independent path."""
    from obspy.clients.filesystem.sds import Client

    client = Client(str(mexico / "sds"))
    inventory = obspy.read_inventory(mexico / "stations.xml")
    for name in ("AL0120170919181440", "AE0220170919181440", "AL0119900531073526",
                 "AL0120130616051903"):
        ours = obspy.read(next(formats.rglob(name)))
        stats = ours[0].stats
        st = client.get_waveforms("XR", stats.station, "*", "HN*", stats.starttime,
                                  stats.endtime)
        # two versions of the record of 2013 are in the archive, 8e-7 m/s^2 apart
        st = obspy.Stream([tr for tr in st if abs(tr.stats.starttime - stats.starttime) < 0.004
                           and tr.stats.npts >= 0.99 * stats.npts])
        st = obspy.Stream([st.select(channel=code)[0] for code in sorted(
            {tr.stats.channel for tr in st})])
        st.remove_sensitivity(inventory)
        st.trim(endtime=min(tr.stats.endtime for tr in st))
        st.rotate("->ZNE", inventory=inventory)
        for tr in ours:
            truth = st.select(component=tr.stats.channel[-1])[0].data
            # the archive lost the rows where two fields touch (-5.65763-104.10090)
            size = 6000 if "2017" in name else min(len(truth), tr.stats.npts)
            assert size > 3000
            np.testing.assert_allclose(tr.data[:size], truth[:size], atol=1e-6)


def test_dyna_against_loadtxt(formats):
    for path in sorted((formats / "dyna").iterdir()):
        truth = np.loadtxt(path, skiprows=64) / 100
        np.testing.assert_allclose(obspy.read(path)[0].data, truth, rtol=1e-12)


def test_afad_struct_times_and_columns(formats):
    for path in sorted((formats / "afad_mat").iterdir()):
        st = obspy.read(path)
        meta = st[0].stats.afadmat
        # the file names begin with the origin time
        assert meta.origin_time.strftime("%Y%m%d%H%M%S") == path.name[:14]
        assert 0 < meta.p_time - meta.origin_time < 20
        assert st[0].stats.tng.p_index == round(
            (meta.p_time - st[0].stats.starttime) / st[0].stats.delta)


def test_afad_columns_agree_with_the_direction_of_the_epicentre(formats):
    """The P wave moves in the plane of the epicentre: N, E, U fits, E, N, U does not."""
    from obspy.geodetics import gps2dist_azimuth

    def misfit(path, columns, band, window):
        """Degrees between the horizontal axis of the P wave and the epicentre, 0 to 90."""
        st = obspy.read(path, columns=columns).filter("bandpass", freqmin=band[0],
                                                      freqmax=band[1], zerophase=True, corners=2)
        meta = st[0].stats.afadmat
        back = gps2dist_azimuth(meta.event_latitude, meta.event_longitude,
                                meta.station_latitude, meta.station_longitude)[2]
        st.trim(meta.p_time - 0.05, meta.p_time + window)
        motion = np.stack([st.select(component=c)[0].data for c in "NEZ"])
        axis = np.linalg.eigh(np.cov(motion))[1][:, -1]
        return abs((np.degrees(np.arctan2(axis[1], axis[0])) - back + 90) % 180 - 90)

    for path in sorted((formats / "afad_mat").iterdir()):
        off = {columns: np.median([misfit(path, columns, band, window)
                                   for band in ((1, 4), (1, 8), (2, 10))
                                   for window in (0.3, 0.6, 1.0)]) for columns in ("NEU", "ENU")}
        assert off["NEU"] < 35 < 45 < off["ENU"], (path, off)
