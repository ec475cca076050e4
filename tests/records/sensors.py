"""Recordings of one ground motion by sensors of any orientation, gain and rate."""

import numpy as np
from obspy import Inventory, Stream, Trace, UTCDateTime
from obspy.core.inventory import Channel, Network, Station
from scipy import signal

from obspy_tng.metadata import unit_response
from obspy_tng.signal import processing

START = UTCDateTime(2017, 9, 19, 18, 14, 40)
GAIN = 1e6  # counts per m/s^2
ZNE_AXES = {"Z": (0, -90), "N": (0, 0), "E": (90, 0)}


def ground_motion(rate=200.0, length=90.0, p=20.0, s=35.0, seed=0):
    """Acceleration (3, npts) ZNE: quiet, P on the vertical, S on the horizontals, coda."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(rate * length)) / rate
    noise = rng.normal(size=(3, len(t)))
    sos = signal.butter(2, [0.5, 8.0], "band", fs=rate, output="sos")
    noise = signal.sosfilt(sos, noise)
    coda = np.where(t > s, np.exp(-(t - s) / 8.0), 0)
    level = np.stack([0.3 * ((t > p) * 0.5 + coda * 0.7), coda + 0.05 * (t > p),
                      0.8 * coda + 0.05 * (t > p)]) + 1e-5
    end = np.clip((length - t) / 10.0, 0, 1)
    return noise * level * end


def to_stream(data, rate=200.0, codes="ZNE", axes=None, gain=GAIN, integer=True):
    """Traces of a sensor whose components point along ``axes``."""
    stream = Stream()
    for code in codes:
        azimuth, dip = np.radians((axes or ZNE_AXES)[code])
        unit = np.array([-np.sin(dip), np.cos(dip) * np.cos(azimuth),
                         np.cos(dip) * np.sin(azimuth)])
        counts = gain * (unit @ data) + 100.0  # an offset, as every digitiser has
        stream.append(Trace(counts.round().astype(np.int32) if integer else counts, {
            "network": "XX", "station": "S1", "channel": "HN" + code, "sampling_rate": rate,
            "starttime": START}))
    return stream


def to_inventory(codes="ZNE", axes=None, response=None, start=START - 1e6, end=None):
    """Inventory of one epoch."""
    if response is None:
        response = unit_response()
        response.response_stages[0].stage_gain = GAIN
        response.instrument_sensitivity.value = GAIN
    channels = [Channel("HN" + code, "", 19.0, -99.0, 0.0, 0.0, azimuth=(axes or ZNE_AXES)[code][0],
                        dip=(axes or ZNE_AXES)[code][1], sample_rate=200.0, start_date=start,
                        end_date=end, response=response) for code in codes]
    station = Station("S1", 19.0, -99.0, 0.0, channels=channels)
    return Inventory([Network("XX", [station])])


def expected(data, start, npts, rate=200.0, new_rate=100.0, freqmin=0.05, freqmax=40.0):
    """What a record must hold: ground motion, band-passed and resampled."""
    data = processing.bandpass(data, rate, freqmin, freqmax)
    return processing.resample(data, rate, new_rate)[:, start:start + npts]


def assert_close(record, truth, within=2e-3, edges=3.0):
    """Equal to ``within`` of the peak, away from the tapered ends."""
    got = np.stack([tr.data for tr in record])
    ends = round(edges * record[0].stats.sampling_rate)
    error = np.abs(got - truth)[:, ends:-ends].max() / np.abs(truth).max()
    assert error < within
