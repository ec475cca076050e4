"""The picture of the front page: records of one station of a simulated network, and new ones."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from obspy_tng import TNGGenerator, hvsr, simulate_network
from obspy_tng.plotting import COLORS, REAL_COLOR
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.record import group_by_station

STATION = "SM.S002"
network = simulate_network(n_stations=4, n_events=40, seed=0, f0=[0.7, 1.4, 2.8, 5.6])
known, unseen = split_by_event(network.records, 0.5, seed=0)
gen = TNGGenerator().enroll(known, network.inventory)
recorded = group_by_station(unseen)[STATION]
generated = gen.generate_like(STATION, recorded, seed=0)

figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained",
                            gridspec_kw={"width_ratios": [1, 1, 1.05]})
sets = {"recorded": (recorded, REAL_COLOR), "generated": (generated, COLORS[0])}
for ax, (name, (records, color)) in zip(axes, sets.items(), strict=False):
    for row, record in enumerate(records[3:8]):
        trace = record.select(component="N")[0]
        peak = np.abs(trace.data).max()
        ax.plot(trace.times(), 0.45 * trace.data / peak - row, color=color, linewidth=0.5)
        ax.text(60, 0.22 - row, f"{peak:.2g} m/s²", ha="right", fontsize=7.5, color="0.35")
    ax.set_title(name, fontsize=10, color=color)
    ax.set(xlim=(0, 60), yticks=[], xlabel="time (s)")
    ax.spines[["left", "right", "top"]].set_visible(False)

for name, (records, color) in sets.items():
    curve = hvsr(records)
    inside = (curve.frequencies > 0.2) & (curve.frequencies < 15)
    f, mean, std = (x[inside] for x in (curve.frequencies, curve.amplitude, curve.std))
    axes[2].fill_between(f, mean * np.exp(-std), mean * np.exp(std), color=color, alpha=0.2,
                         linewidth=0)
    axes[2].plot(f, mean, color=color, label=f"{name}, f$_0$ {curve.peak.f0:.2f} Hz")
axes[2].axvline(network.sites[STATION].f0, color="#d55e00", linewidth=1, linestyle="--",
                label=f"theory, f$_0$ {network.sites[STATION].f0:.2f} Hz")
axes[2].set(xscale="log", yscale="log", xlabel="frequency (Hz)", title="HVSR", ylim=(0.25, 25))
axes[2].title.set_fontsize(10)
axes[2].set_xticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
axes[2].set_yticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
axes[2].minorticks_off()
axes[2].grid(color="0.92")
axes[2].legend(fontsize=8, frameon=False, loc="upper right")
axes[2].spines[["right", "top"]].set_visible(False)
figure.savefig(Path(__file__).parent / "_static" / "front.png", dpi=110)
