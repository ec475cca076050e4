"""
A simulated network
===================

Four stations on different ground, one of them on rock, record the same earthquakes.
The effect of the ground is visible in the records (left: one earthquake, east component)
and in the ratio of horizontal to vertical spectra (right), which peaks at the
fundamental frequency of the station. The simulation gives this frequency.

    python simulated_network.py [picture.png]
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal import hvsr
from obspy_tng.simulate import simulate_network

net = simulate_network(n_stations=4, n_events=60, seed=2, window=90.0, f0=[0.4, 1.0, 4.0, None])
largest = max(net.catalog, key=lambda event: event.preferred_magnitude().mag).resource_id.id
frequencies = np.geomspace(0.15, 20, 300)

fig, axes = plt.subplots(len(net.sites), 2, figsize=(11, 8), sharex="col", layout="constrained")
for (station, records), (left, right) in zip(group_by_station(net.records).items(), axes,
                                             strict=True):
    site = net.sites[station]
    shown = next(r for r in records if r[0].stats.tng.event_id == largest)
    tng = shown[0].stats.tng
    left.plot(shown[2].times(), shown[2].data, linewidth=0.5)
    for name, index in (("P", tng.p_index), ("S", tng.s_index)):
        left.axvline(index / shown[0].stats.sampling_rate, color="C1", linewidth=0.8)
        left.annotate(name, (index / shown[0].stats.sampling_rate, left.get_ylim()[1]))
    left.set_title(f"{station}  M {tng.magnitude:.1f}, {tng.distance:.0f} km, "
                   f"vs30 {site.vs30:.0f} m/s", fontsize="medium")
    left.set_ylabel("m/s$^2$")

    data = np.stack([record_to_array(record) for record in records])
    _, curves = hvsr(data, 100.0, frequencies)
    right.loglog(frequencies, curves.T, color="0.8", linewidth=0.4)
    right.loglog(frequencies, np.median(curves, axis=0), color="k")
    if site.f0 is not None:
        right.axvline(site.f0, color="C3", linestyle="--")
    right.set_title("rock" if site.f0 is None else f"f0 {site.f0:.2f} Hz", fontsize="medium")
    right.set(ylim=(0.2, 30), ylabel="HVSR")
axes[-1, 0].set_xlabel("s")
axes[-1, 1].set_xlabel("Hz")

if len(sys.argv) > 1:
    fig.savefig(sys.argv[1], dpi=120)
else:
    plt.show()
