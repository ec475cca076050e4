"""
Judge generated records
=======================

Generated records are useful if they behave like real ones. Half of the earthquakes are
therefore held back, and the generated records are compared with them. Beside each metric
stands what real records score against other real records (the floor).
"""

# %%
# No earthquake is on both sides of the split.
from obspy_tng import TNGGenerator, baselines, evaluate, plotting, simulate_network
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.record import group_by_station

network = simulate_network(n_stations=3, n_events=40, seed=2, sampling_rate=50.0, window=40.0,
                           f0=[0.8, 2.0, 6.0])
known, unseen = split_by_event(network.records, 0.5, seed=0)
real, floor = group_by_station(unseen), group_by_station(known)

# %%
# The default generator, and two controls without a network: the mean of five standardised records,
# which equals the published sampler with a perfect reconstruction (its decoder is linear),
# and noise shaped by one record.
generator = TNGGenerator(50.0, 40.0)
generator.enroll(known)
mean = baselines.MeanOfRaw(50.0, 40.0).fit(known)
noise = baselines.ShapedNoise(50.0, 40.0).fit(known)
generated = {g.name: {station: g.generate(station, n=30, seed=0) for station in real}
             for g in (generator, mean, noise)}

# %%
report = evaluate(real, generated, floor=floor, repeats=10)
print(report.table())

# %%
# ``~`` marks values near those of real records, ``!`` values outside. HVSR and specificity are
# good for everything that is made from records of the station, including averages: a common
# scale cancels in the ratio. The amplitudes of the mean hardly vary, and its durations are too
# similar. An evaluation by HVSR alone would not show this.
station = "SM.S002"
groups = {"real": real[station], **{name: group[station] for name, group in generated.items()}}
plotting.plot_hvsr_comparison(groups)

# %%
plotting.plot_response_spectra(groups)

# %%
plotting.plot_husid(groups)

# %%
# The published score compares the f0 of generated records with those of all stations. It
# saturates.
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
