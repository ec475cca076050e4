"""
HVSR of Streams
===============

The ratio of the horizontal to the vertical spectra (HVSR) shows at which frequency the
ground resonates. :func:`obspy_tng.hvsr` takes the Streams of one station: complete earthquake
records, or a long recording of ambient noise, which it cuts into windows.
"""

# %%
# Records of one station with a fundamental frequency of 1.2 Hz. They are simulated here. With
# your own data, ``records`` is any list of Streams with one trace each for Z, N and E.
import numpy as np
from obspy import Stream, Trace

from obspy_tng import hvsr, simulate_network

network = simulate_network(n_stations=1, n_events=30, seed=4, f0=[1.2])
records = network.records
curve = hvsr(records)
print(curve)

# %%
# Each grey line is one earthquake. The mean and the standard deviation are those of the
# logarithms, since ratios scatter lognormally.
curve.plot()

# %%
# The peak of the mean curve has the criteria of [SESAME2004]_.
print(f"f0 = {curve.peak.f0:.2f} Hz, amplitude {curve.peak.a0:.1f}")
for name, passed in curve.peak.criteria.items():
    print(f"{name:24} {bool(passed)}")

# %%
# Ambient noise: one long Stream, cut into windows of 60 s. Windows whose peak is far from
# those of the others are rejected [Cox2020]_.
rng = np.random.default_rng(1)
traces = []
for component in "ZNE":
    noise = Trace(rng.standard_normal(90000), {"network": "SM", "station": "S001", "channel":
                                               f"HN{component}", "sampling_rate": 50.0})
    if component != "Z":  # the ground amplifies the horizontals around 1.2 Hz
        resonance = noise.copy().filter("bandpass", freqmin=1.05, freqmax=1.35, corners=2)
        noise.data += 6 * resonance.data
        noise.data[40000:43000] += 30 * rng.standard_normal() * np.hanning(3000)  # a footstep
    traces.append(noise)

microtremor = hvsr(Stream(traces), window_length=60.0, rejection="cox2020")
print(microtremor)
microtremor.plot()
