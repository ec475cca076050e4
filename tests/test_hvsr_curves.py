"""HVSR from Streams: what users call."""

import re

import matplotlib
import numpy as np
import pytest
from obspy import Stream, Trace

import obspy_tng
from obspy_tng import signal, simulate_network
from obspy_tng.exceptions import TNGInputError
from obspy_tng.hvsr_curves import HVSR, hvsr, pick_f0

RATE = 100.0


def make_stream(seed, f0=1.5, npts=6000, rate=RATE, station="S1", channels="ZNE"):
    """Noise with a resonance of the horizontals."""
    rng = np.random.default_rng(seed)
    stream = Stream()
    for component in channels:
        data = rng.standard_normal(npts)
        if component != "Z" and f0 is not None:
            data += 6 * signal.bandpass(data, rate, 0.9 * f0, 1.1 * f0)
        stream.append(Trace(data, {"network": "XX", "station": station, "sampling_rate": rate,
                                   "channel": "HN" + component}))
    return stream


@pytest.fixture(scope="module")
def records():
    return [make_stream(seed) for seed in range(30)]


def test_public_names():
    assert obspy_tng.hvsr is hvsr
    assert obspy_tng.pick_f0 is pick_f0
    assert obspy_tng.signal.hvsr is signal.hvsr is not hvsr


def test_records_are_the_array_kernel(records):
    curve = hvsr(records)
    data = np.stack([[tr.data for tr in record] for record in records])
    freqs, ratio = signal.hvsr(data, RATE)
    np.testing.assert_array_equal(curve.frequencies, freqs)
    np.testing.assert_array_equal(curve.curves, ratio)
    np.testing.assert_allclose(np.log(curve.amplitude), np.log(ratio).mean(axis=0))
    np.testing.assert_allclose(curve.std, np.log(ratio).std(axis=0, ddof=1))
    assert len(curve) == 30
    assert curve.station == "XX.S1"
    assert curve.window_length == 60


def test_f0_with_criteria(records):
    curve = hvsr(records)
    assert isinstance(curve, HVSR)
    assert curve.peak.f0 == pytest.approx(1.5, rel=0.05)
    assert curve.f0["median"] == pytest.approx(1.5, rel=0.05)
    assert curve.f0["n"] == 30
    assert {name for name, value in curve.peak.criteria.items() if value != 1} == set()
    assert pick_f0(curve).f0 == curve.peak.f0
    assert np.isnan(pick_f0(curve, freqmin=5).f0)
    assert pick_f0(curve.frequencies, curve.curves).f0.shape == (30,)
    assert f"f0 of the mean curve: {curve.peak.f0:.3g} Hz" in str(curve)


def test_rock_says_why():
    curve = hvsr([make_stream(seed, f0=None) for seed in range(40)])
    assert not curve.peak.found
    assert "no clear peak (highest maximum, at" in str(curve)


def test_streams_and_order_of_traces_are_free(records):
    before = [record.copy() for record in records]
    shuffled = [Stream(record[::-1].traces) for record in records]
    np.testing.assert_array_equal(hvsr(iter(shuffled)).curves, hvsr(records).curves)
    assert records == before


def test_microtremor_windows():
    stream = make_stream(0, npts=61000)
    curve = hvsr(stream, window_length=60.0)
    assert len(curve) == 10
    assert curve.window_length == 60
    data = np.stack([tr.data for tr in stream])[:, 6000:12000]
    np.testing.assert_allclose(curve.curves[1], signal.hvsr(data, RATE)[1], rtol=1e-10)
    assert curve.labels[1].endswith("+60")
    assert len(hvsr(stream, window_length=60.0, overlap=0.5)) == 19
    cycles = [hvsr(stream.slice(endtime=stream[0].stats.starttime + 150.0), window_length=60.0,
                   overlap=overlap).peak.criteria["reliability_cycles"] for overlap in (0, 0.9)]
    assert cycles == [0, 0]  # 150 s have fewer than 200 periods, however they are cut
    assert len(hvsr(stream)) == 1
    assert np.isnan(hvsr(stream).std).all()


def test_lengths_and_rates_may_differ():
    streams = [make_stream(0), make_stream(1, npts=7000), make_stream(2, rate=200.0, npts=12000)]
    curve = hvsr(streams)
    assert curve.curves.shape == (3, 400)
    assert curve.frequencies[-1] == pytest.approx(40)      # 0.8 Nyquist of the lowest rate
    assert curve.picks.f0 == pytest.approx([1.5] * 3, rel=0.1)
    for i, stream in enumerate(streams):
        alone = hvsr(stream, center_frequencies=curve.frequencies)
        np.testing.assert_allclose(curve.curves[i], alone.curves[0], rtol=1e-10)


def test_rejection(records):
    strays = [make_stream(seed, f0=8.0) for seed in range(100, 104)]
    curve = hvsr(records + strays, rejection="cox2020")
    assert not curve.accepted[30:].any()
    assert curve.accepted[:30].sum() >= 24
    kept = np.log(curve.curves[curve.accepted])
    np.testing.assert_allclose(np.log(curve.amplitude), kept.mean(axis=0))
    assert curve.f0["n_total"] == curve.accepted.sum()


def test_paper_mode(records):
    """f0 on the bins of the transform, the curve the median on 400 points from 1 to 20 Hz."""
    curve = hvsr(records[:5], mode="paper")
    np.testing.assert_allclose(curve.frequencies, np.linspace(1, 20, 400))
    data = np.stack([[tr.data for tr in record] for record in records[:5]])
    freqs, ratio = signal.hvsr(data, RATE, mode="paper")
    np.testing.assert_array_equal(curve.picks.f0, freqs[ratio.argmax(axis=1)])
    on_grid = [np.interp(curve.frequencies, freqs, row) for row in ratio]
    np.testing.assert_allclose(curve.amplitude, np.median(on_grid, axis=0))


def test_options_reach_the_kernel(records):
    options = {"horizontal": "rotdpp", "bandwidth": 20.0, "smoothing": "log_gaussian"}
    curve = hvsr(records[0], **options)
    data = np.stack([tr.data for tr in records[0]])
    np.testing.assert_allclose(curve.curves[0], signal.hvsr(data, RATE, **options)[1])


def test_plot(records):
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure = hvsr(records, rejection="cox2020").plot()
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert any(label.startswith("f0 = 1.") for label in labels)
    assert "lognormal mean" in labels
    _, ax = plt.subplots()
    assert hvsr(records[0]).plot(ax, curves=False) is ax.figure
    plt.close("all")


def test_bad_input(records):
    stream = records[0]
    with pytest.raises(TNGInputError, match="one station"):
        hvsr([stream, make_stream(0, station="S2")])
    with pytest.raises(TNGInputError, match="component E is missing"):
        hvsr(stream[:2])
    with pytest.raises(TNGInputError, match="Z, N and E"):
        hvsr(make_stream(0, channels="Z12"))
    with pytest.raises(TNGInputError, match="empty"):
        hvsr([])
    with pytest.raises(TNGInputError, match="longer than the longest"):
        hvsr(stream, window_length=100.0)
    with pytest.raises(TNGInputError, match="window_length"):
        hvsr(stream, window_length=-1.0)
    with pytest.raises(TNGInputError, match="overlap"):
        hvsr(stream, window_length=10.0, overlap=1.0)
    with pytest.raises(TNGInputError, match="overlap"):
        hvsr(stream, window_length=10.0, overlap="half")
    for dtype in (complex, bool):
        other = stream.copy()
        other[1].data = other[1].data.astype(dtype)
        with pytest.raises(TNGInputError, match=f"samples of type {np.dtype(dtype)}; real num"):
            hvsr(other)
    with pytest.raises(TNGInputError, match="rejection"):
        hvsr(stream, rejection="manual")
    gap = stream.copy()
    gap[0].data = np.ma.masked_inside(gap[0].data, -0.01, 0.01)
    with pytest.raises(TNGInputError, match="gap"):
        hvsr(gap)
    for wrong in ({"XX.S1": [stream]}, [stream[0]], 5):
        with pytest.raises(TypeError):
            hvsr(wrong)
    with pytest.raises(TypeError, match="no option 'band_width'; there are azimuth, bandwidth, "):
        hvsr(stream, band_width=40.0)
    for wrong, hint in ((stream[0], "takes three components"), ("a.mseed", "obspy.read"),
                        (np.ones((3, 99)), "signal.hvsr"), (None, "got NoneType")):
        with pytest.raises(TypeError, match=hint):
            hvsr(wrong)
    later = stream.copy()
    for tr in later:
        tr.stats.starttime += 3600
    with pytest.raises(TNGInputError, match="Of several earthquakes give a list of Streams"):
        hvsr(stream + later)
    for options, error, word in (({"window_length": "60"}, TypeError, "window_length must be"),
                                 ({"smoothing": {"b": 1}}, TypeError, "smoothing must be a name"),
                                 ({"center_frequencies": [1, 2]}, TNGInputError, "center_freq")):
        with pytest.raises(error, match=word):
            hvsr(stream, **options)
    with pytest.raises(TypeError, match="amplitude"):
        pick_f0(np.ones(5))
    with pytest.raises(TypeError, match="amplitude"):
        pick_f0(hvsr(stream), np.ones(400))


# f0 in Hz, from the README of the data
MEXICO = {"AE02": 0.21, "BA49": 0.38, "AL01": 0.57, "AO24": 0.97, "AU46": 1.17}


@pytest.mark.parametrize("station", MEXICO)
def test_mexico(mexico, station):
    """
    The known site frequency within 5 %, from 15 long records of all years.

    (Of all years, since f0 is not constant: the last ones of BA49 give 0.42 Hz.)
    """
    from obspy import UTCDateTime, read_inventory
    from obspy.clients.filesystem.sds import Client
    client = Client(str(mexico / "sds"))
    inventory = read_inventory(str(mexico / "stations.xml"))
    rows = np.genfromtxt(mexico / "records.csv", delimiter=",", names=True, dtype=None,
                         encoding="utf-8")
    rows = [row for row in rows if row["station"] == station and row["missing_samples"] == 0
            and row["npts"] / row["sampling_rate"] > 80]
    streams = []
    for row in rows[::max(1, len(rows) // 15)]:
        start = UTCDateTime(row["starttime"])
        stream = client.get_waveforms("XR", station, "*", "HN?", start,
                                      start + row["npts"] / row["sampling_rate"])
        if len(stream) == 3:
            streams.append(stream.rotate("->ZNE", inventory=inventory))
    assert len(streams) >= 8
    curve = hvsr(streams, freqmin=0.15, nfft=max(st[0].stats.npts for st in streams))
    assert curve.peak.f0 == pytest.approx(MEXICO[station], rel=0.05)
    assert curve.peak.criteria["reliable"] == 1


@pytest.fixture(scope="module")
def noise_curve():
    """Three records of a soft site."""
    return hvsr(simulate_network(1, 3, seed=1, f0=[2.0], window=40.0).records)


def test_printed(records):
    """Criteria and what to do next are part of what is printed."""
    text = str(hvsr(records))
    assert re.search(r"^SESAME: reliability \d of 3, clarity \d of 6", text, re.MULTILINE)
    alone = str(hvsr(records[0]))
    assert "nan" not in alone
    assert "one curve: no scatter; window_length= cuts microtremor" in alone
    low = make_stream(0)
    assert "SESAME" not in str(hvsr(records, mode="paper"))
    pieces = low.copy()
    pieces.trim(endtime=low[0].stats.starttime + 20, nearest_sample=False)
    rest = low.slice(pieces[0].stats.endtime + low[0].stats.delta)
    np.testing.assert_allclose(hvsr(pieces + rest).curves, hvsr(low).curves)  # joined


def test_short_representations(noise_curve):
    """What a notebook shows is short, and numbers look like numbers."""
    for thing in (noise_curve, noise_curve.peak, noise_curve.picks):
        assert len(repr(thing)) < 120
    for text in (repr(noise_curve.f0), repr(noise_curve.peak), repr(noise_curve.peak.f0)):
        assert "array" not in text
        assert "np." not in text
    assert isinstance(noise_curve.peak.f0, float)
    assert "<table" in noise_curve._repr_html_()
    network = simulate_network(1, 2, window=20.0)
    assert repr(network) == ("<SimulatedNetwork: 2 records of 1 stations, 2 earthquakes, 100 Hz, "
                             "20 s>")
    assert "SM.S001" in network._repr_html_()


@pytest.mark.parametrize(("options", "error", "word"), [
    ({"horizontal": "squared_average"}, TNGInputError, "here it is 'quadratic_mean'"),
    ({"horizontal": "maximum_horizontal_value"}, TNGInputError, "here it is 'maximum'"),
    ({"smoothing": "konno_and_ohmachi"}, TNGInputError, "here it is 'konno_ohmachi'"),
    ({"window_length_in_seconds": 60}, TypeError, "here it is window_length"),
    ({"search_range_in_hz": (1, 2)}, TypeError, "here it is freqmin and freqmax")])
def test_names_of_hvsrpy_get_a_hint(options, error, word):
    records = simulate_network(1, 1, window=20.0).records
    with pytest.raises(error, match=word):
        hvsr(records, **options)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_components_in_different_units(factor):
    stream = make_stream(0)
    stream[0].data *= factor
    with pytest.raises(TNGInputError, match="times the vertical on average"):
        hvsr(stream)
