"""
What is corrected, and why
==========================

Measurements for the page :doc:`/theory`, on a simulated network. Every finding is one cell. You
can replace ``records`` by your own records.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from obspy_tng import TNGGenerator, signal, simulate_network
from obspy_tng.baselines.controls import standardise
from obspy_tng.evaluation.metrics.similarity import histogram, identity_correlation, similarity
from obspy_tng.methods.mixing import dirichlet_weights, mean_weights
from obspy_tng.records.record import group_by_station, record_to_array

RATE, WINDOW = 50.0, 40.0
network = simulate_network(4, 30, seed=0, sampling_rate=RATE, window=WINDOW,
                           f0=[0.8, 1.6, 3.2, 6.4])
records = network.records
data = {station: np.stack([record_to_array(record) for record in group])
        for station, group in group_by_station(records).items()}
rng = np.random.default_rng(0)

# %%
# Averages are too weak
# ---------------------
#
# The mean of standardised records with weights :math:`w` has the standard deviation
# :math:`\sqrt{\sum w^2}` if the records are uncorrelated. This is the published sampler with
# a perfect reconstruction, without any network.
fig, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
for name, color, draw in (
        ("mean of k", "#0072b2", lambda n: mean_weights(n, rng, int(rng.integers(1, 21)))),
        ("Dirichlet", "#d55e00", lambda n: dirichlet_weights(n, rng, alpha=rng.uniform(0.02, 2)))):
    loss, measured = [], []
    for samples in data.values():
        waves = standardise(samples)[0]
        for _ in range(60):
            weights = draw(len(waves))
            loss.append(np.sqrt(np.square(weights).sum()))
            measured.append(np.tensordot(weights, waves, 1).std(-1).mean())
    ax.plot(loss, measured, ".", color=color, markersize=4, label=name)
ax.plot([0, 1], [0, 1], color="0.4", linewidth=1)
ax.axvline(1 / np.sqrt(5), color="0.7", linewidth=0.8)
ax.text(1 / np.sqrt(5) + 0.01, 0.03, "k = 5, as published", color="0.4", fontsize=8)
ax.set(xlabel=r"$\sqrt{\Sigma w^2}$", ylabel="standard deviation of the mixture",
       xlim=(0, 1.02), ylim=(0, 1.02))
ax.legend(frameon=False)

# %%
# Levels hardly vary
# ------------------
#
# Multiplied by the mean of the k standard deviations, as published, the mixture is too weak,
# and its level scatters much less than that of real records. Levels that are drawn from the
# station's distribution (the default here) are correct in both.
generator = TNGGenerator(RATE, WINDOW, "released", training={"epochs": 12, "finetune_epochs": 3})
generator.fit(records, progress=False)


def ln_pga(streams):
    """ln PGA of the stronger horizontal."""
    samples = np.stack([record_to_array(stream) for stream in streams])
    return np.log(signal.pga(samples)[:, 1:].max(1))


station = "SM.S002"
groups = {"real": group_by_station(records)[station],
          "amplitudes='paper'": generator.generate(station, 200, seed=0, amplitudes="paper"),
          "amplitudes='station'": generator.generate(station, 200, seed=0)}
fig, ax = plt.subplots(figsize=(5.5, 3.5), layout="constrained")
for (name, streams), color in zip(groups.items(), ("0.3", "#d55e00", "#0072b2"), strict=True):
    values = np.sort(ln_pga(streams))
    ax.step(np.exp(values), np.linspace(0, 1, len(values)), color=color, label=name)
    print(f"{name:22} median PGA {np.exp(np.median(values)):.3f} m/s², "
          f"standard deviation of ln PGA {values.std():.2f}")
ax.set(xscale="log", xlabel="PGA (m/s²)", ylabel="share of records below")
ax.legend(frameon=False)

# %%
# The smoothing window is not Konno-Ohmachi's
# -------------------------------------------
frequencies = np.linspace(0, 25, 5001)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
for name, color, weights in (("Konno-Ohmachi, b = 40", "#0072b2", signal.konno_ohmachi_weights),
                             ("log-Gaussian, 40", "#d55e00", signal.log_gaussian_weights)):
    row = weights(frequencies, [5.0])[0]
    row = row / row.max()
    inside = np.log(frequencies[row >= 0.5] / 5.0)
    print(f"{name}: full width at half height {np.ptp(inside) / np.log(2):.3f} octaves")
    axes[0].plot(frequencies, row, color=color, label=name)
axes[0].set(xlim=(3, 8), xlabel="Hz", ylabel="weight", title="at 5 Hz")
axes[0].legend(frameon=False, fontsize=8)
centers = np.geomspace(1, 20, 300)
for smoothing, color in (("konno_ohmachi", "#0072b2"), ("log_gaussian", "#d55e00")):
    curve = signal.hvsr(data["SM.S003"][:1], RATE, centers, smoothing=smoothing)[1][0]
    axes[1].loglog(centers, curve, color=color)
axes[1].set(xlabel="Hz", ylabel="HVSR", title="one record")
axes[1].set_xticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
axes[1].minorticks_off()

# %%
# The score saturates and depends on its bins
# -------------------------------------------
#
# Real records against the same real records, and against other ones, for several numbers of
# bins between 1 and 20 Hz. The lower line is the score of a perfect generator.
f0 = {}
for name, samples in data.items():
    found, curves = signal.hvsr(samples, RATE, mode="paper")
    f0[name] = found[np.argmax(np.where((found >= 1) & (found <= 20), curves, 0), axis=-1)]


def score(first, second, bins):
    """The published 5x5 score."""
    return float(identity_correlation(similarity(*(
        np.array([histogram(side[name], bins) for name in f0]) for side in (first, second)))))


def halves(values):
    """Two random halves."""
    order = rng.permutation(len(values))
    return values[order[::2]], values[order[1::2]]


numbers = (5, 10, 20, 40, 80)
itself, other = [], []
for number in numbers:
    bins = np.linspace(1, 20, number + 1)
    itself.append(score(f0, f0, bins))
    split = [{name: halves(values) for name, values in f0.items()} for _ in range(20)]
    other.append(np.mean([score({n: h[0] for n, h in s.items()}, {n: h[1] for n, h in s.items()},
                                bins) for s in split]))
fig, ax = plt.subplots(figsize=(5.5, 3.5), layout="constrained")
ax.plot(numbers, itself, "o-", color="0.6", label="real against itself")
ax.plot(numbers, other, "o-", color="#0072b2", label="real against other real records")
ax.axvline(20, color="0.8", linewidth=0.8, zorder=0)
ax.text(20.7, 0.04, "published", color="0.4", fontsize=8)
ax.set(xscale="log", ylim=(0, 1.05), xlabel="bins between 1 and 20 Hz", ylabel="score")
ax.set_xticks(numbers, [str(number) for number in numbers])
ax.minorticks_off()
ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 0.12))

# %%
# Periods chosen for a batch
# --------------------------
#
# The public code averages the spectra of a batch before it picks the periods of a TimesBlock,
# so that a record's reconstruction depends on the other records of the batch. Here each record
# has its own periods.
size = {key: value for key, value in generator.model.settings().items() if key != "seq_len"}
batch = data["SM.S001"][:8]
differences = {}
for periods in ("batch", "record"):
    other_generator = TNGGenerator(RATE, WINDOW, "released", size={**size, "periods": periods})
    other_generator.model.load_state_dict(generator.model.state_dict())
    method = other_generator.method
    together = method.reconstruct(station, batch)
    alone = np.concatenate([method.reconstruct(station, one[None]) for one in batch])
    differences[periods] = np.sqrt(np.square(together - alone).mean() / np.square(alone).mean())
for periods, value in differences.items():
    print(f"periods by {periods:7} alone and in a batch of 8 differ by {value:.1e} of the rms")

# %%
# A position table as large as the record
# ---------------------------------------
#
# The embedding adds a learned position table. Its initial values are noise of standard
# deviation 1, as large as the standardised record. The part that training does not remove is
# the same in every reconstruction.
waves = {name: standardise(samples)[0] for name, samples in data.items()}
for start in (1.0, 0.02):
    trained = TNGGenerator(RATE, WINDOW, "released", size={**size, "position_std": start},
                           training={"epochs": 4, "finetune_epochs": 0}).fit(records,
                                                                              progress=False)
    errors = np.concatenate([trained.method.encode(name, samples)["recon"] - waves[name]
                             for name, samples in data.items()])
    print(f"table from {start:4}: error {errors.std():.2f} of the record, of it common to all "
          f"records {errors.mean(0).std():.2f}")
