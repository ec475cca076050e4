"""
Judge generated records
=======================

A generated record is worth something if it does what a real one would. So half of the
earthquakes is kept from the generator, and everything is compared with them: beside each
figure stands what real records score against other real records (the floor).
"""

# %%
# No earthquake is on both sides of the split.
from obspy_tng import TNGGenerator, baselines, evaluate, plotting, simulate_network
from obspy_tng.records.record import group_by_station, split_by_event

network = simulate_network(n_stations=3, n_events=40, seed=2, sampling_rate=50.0, window=40.0,
                           f0=[0.8, 2.0, 6.0])
known, unseen = split_by_event(network.records, 0.5, seed=0)
real, floor = group_by_station(unseen), group_by_station(known)

# %%
# The network, and two controls without one: the mean of five standardised records, which is
# what the published sampler comes to when the network reconstructs perfectly (its decoder
# is linear), and noise shaped by one record.
generator = TNGGenerator(50.0, 40.0)
generator.fit(known, progress=False)
mean = baselines.MeanOfRaw(50.0, 40.0).fit(known)
noise = baselines.ShapedNoise(50.0, 40.0).fit(known)
generated = {g.name: {station: g.generate(station, n=30, seed=0) for station in real}
             for g in (generator, mean, noise)}

# %%
report = evaluate(real, generated, floor=floor, repeats=10)
print(report.table())

# %%
# ``~`` is near what real records score, ``!`` is outside. HVSR and specificity are good for
# everything that begins with records of the station, averages included: a common scale
# cancels in the ratio. The amplitudes of the mean hardly vary, and its records are too
# alike in duration; an evaluation by HVSR alone would not show it.
station = "SM.S002"
groups = {"real": real[station], **{name: group[station] for name, group in generated.items()}}
plotting.plot_hvsr_comparison(groups)

# %%
plotting.plot_response_spectra(groups)

# %%
plotting.plot_husid(groups)

# %%
# The published score: which station's f0 do the generated records have? It saturates.
names = {"other real records": "real", **{name: name for name in generated}}
plotting.plot_confusion({shown: report.score(name)["matrix"] for shown, name in names.items()},
                        report.stations,
                        {shown: report.score(name)["score"] for shown, name in names.items()})

# %%
# ``report.to_html("report.html")`` writes all tables and pictures to one page,
# ``report.to_json("report.json")`` the numbers.
row = report.row("pga_spread", "mean of 5")
print(f"{row['title']}: {row['value']:.2f}, real against real {row['floor']:.2f} "
      f"± {row['floor_spread']:.2f}: {row['verdict']}")
