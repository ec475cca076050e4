"""
Generate for a magnitude and a distance
=======================================

If the enrolled records have magnitudes and distances, a generator takes them too:
``generate(..., magnitude=, distance=, depth=)``. Levels, frequency content and durations depend on
them (:mod:`obspy_tng.methods.tng.method`).
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from obspy_tng import TNGGenerator, baselines, simulate_network
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal import pga, significant_duration

network = simulate_network(n_stations=4, n_events=30, seed=3)
generator = TNGGenerator().enroll(network.records)
# the strongest control: noise shaped by records of similar earthquakes
donors = baselines.DonorNoise().fit(network.records)


def largest(records):
    """PGA of the stronger horizontal in m/s²."""
    return pga(np.stack([record_to_array(r) for r in records]))[:, 1:].max(axis=1)


# %%
# Three magnitudes at six distances, 20 records each.
station = "SM.S001"
distances = np.geomspace(12, 140, 6)
real = group_by_station(network.records)[station]
infos = [record_info(record) for record in real]

fig, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
for ax, source in zip(axes, (generator, donors), strict=True):
    for magnitude, color in ((4.5, "#0072b2"), (5.5, "#009e73"), (6.5, "#d55e00")):
        values = np.array([largest(source.generate(station, 20, seed=0, magnitude=magnitude,
                                                   distance=float(r))) for r in distances])
        low, middle, high = np.exp(np.quantile(np.log(values), (0.16, 0.5, 0.84), axis=1))
        ax.fill_between(distances, low, high, color=color, alpha=0.2, linewidth=0)
        ax.plot(distances, middle, color=color, label=f"M {magnitude:g}, generated")
        near = [i for i, info in enumerate(infos) if abs(info["magnitude"] - magnitude) < 0.5]
        ax.plot([infos[i]["distance"] for i in near], largest([real[i] for i in near]), "o",
                color=color, markersize=4, label=f"M {magnitude:g} ± 0.5, real")
    ax.set(xscale="log", yscale="log", xlabel="epicentral distance (km)", title=source.name)
    ax.set_xticks([10, 20, 50, 100], ["10", "20", "50", "100"])
    ax.minorticks_off()
    ax.grid(color="0.9")
axes[0].set_ylabel("PGA (m/s²)")
axes[1].legend(fontsize=7)

# %%
# Durations (D5-75 of the horizontals, median and range of 20 records) increase with distance.
for source in (generator, donors):
    for distance in (15.0, 130.0):
        streams = source.generate(station, 20, seed=0, magnitude=6.0, distance=distance)
        data = np.stack([record_to_array(s)[1:] for s in streams])
        low, middle, high = np.quantile(significant_duration(data, 100.0, 0.05, 0.75).mean(1),
                                        (0.16, 0.5, 0.84))
        print(f"{source.name:12} {distance:5.0f} km: {middle:4.1f} s ({low:.1f} to {high:.1f})")
