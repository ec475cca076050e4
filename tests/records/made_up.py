"""Made-up recordings and metadata that the tests of records and archives share."""

import numpy as np
from obspy import Inventory, Stream, Trace, UTCDateTime
from obspy.core.inventory import Channel, InstrumentSensitivity, Network, Station
from obspy.core.inventory.response import (
    CoefficientsTypeResponseStage,
    PolesZerosResponseStage,
    Response,
)

START = UTCDateTime(2020, 5, 4, 10)
GAIN = 1e5  # counts per m/s^2


def shaking(npts=8000, rate=100.0, onset=20.0, decay=8.0, seed=0, amplitude=1.0):
    """Motion (3, npts) in m/s^2: noise, from ``onset`` (s) a burst with a coda."""
    rng = np.random.default_rng(seed)
    t = np.arange(npts) / rate - onset
    level = np.where(t > 0, t / 3 * np.exp(1 - t / 3), 0)
    level = np.where(t > 3, np.maximum(level, 0.6 * np.exp(-t / decay)), level)
    window = np.hanning(7) / np.hanning(7).sum()
    noise = np.array([np.convolve(row, window, "same") for row in rng.standard_normal((3, npts))])
    return amplitude * noise * (level + 1e-3)


def recording(data, rate=100.0, start=START, codes=("HNZ", "HNN", "HNE"), location="",
              station="S1", dtype=None):
    """Stream of three traces."""
    stream = Stream()
    for row, code in zip(data, codes, strict=True):
        row = np.asarray(row) if dtype is None else np.round(row).astype(dtype)
        stream.append(Trace(row.copy(), {"network": "XX", "station": station, "channel": code,
                                         "location": location, "sampling_rate": rate,
                                         "starttime": start}))
    return stream


def response(units="M/S**2", sensor=1.0, digitiser=GAIN, sensitivity=None, told=None):
    """Two stages, flat, and an overall sensitivity (in units ``told``)."""
    stages = [
        PolesZerosResponseStage(1, sensor, 1.0, units, "V", "LAPLACE (RADIANS/SECOND)", 1.0, [],
                                [], normalization_factor=1.0),
        CoefficientsTypeResponseStage(
            2, digitiser, 1.0, "V", "COUNTS", "DIGITAL", numerator=[1.0], denominator=[],
            decimation_input_sample_rate=100.0, decimation_factor=1, decimation_offset=0,
            decimation_delay=0, decimation_correction=0)]
    overall = InstrumentSensitivity(sensor * digitiser if sensitivity is None else sensitivity,
                                    1.0, told or units, "COUNTS")
    return Response(response_stages=stages, instrument_sensitivity=overall)


def inventory(made=None, codes=("HNZ", "HNN", "HNE"), location="", depth=0.0, station="S1",
              place=(19.4, -99.1), epoch=(None, None)):
    """Inventory of one sensor with a response."""
    axes = {"Z": (0, -90), "N": (0, 0), "E": (90, 0), "1": (0, 0), "2": (90, 0)}
    channels = [Channel(code, location, *place, 2200.0, depth, azimuth=axes[code[-1]][0],
                        dip=axes[code[-1]][1], sample_rate=100.0, start_date=epoch[0],
                        end_date=epoch[1], response=made or response()) for code in codes]
    return Inventory([Network("XX", [Station(station, *place, 2200.0, channels=channels)])])


def peaks(record):
    """Largest absolute samples, (3,)."""
    return np.array([np.abs(tr.data).max() for tr in record])
