"""
Generate records of a station
=============================

Enrol the records of a small network and generate new records of one station: ordinary
Streams with metadata.
"""

# %%
# Three stations on different ground and the records of 24 earthquakes.
import tempfile
from pathlib import Path

from obspy_tng import TNGGenerator, hvsr, plotting, simulate_network
from obspy_tng.records.record import group_by_station

network = simulate_network(n_stations=3, n_events=24, seed=0, sampling_rate=50.0, window=60.0,
                           f0=[0.7, 2.0, 6.0])
real = group_by_station(network.records)
print({station: len(records) for station, records in real.items()})

# %%
# Rate and window of the generator are those of the records. Its weights come with the package,
# so that the records need no training (``fit`` adapts the weights to them, see
# :doc:`/guide/training`).
generator = TNGGenerator(sampling_rate=50.0, window=60.0)
generator.enroll(network.records, inventory=network.inventory)
print(generator)

# %%
# Twenty new records. The same seed gives the same Streams on every machine and for any
# number of records.
streams = generator.generate("SM.S002", n=20, seed=0)
print(streams[0])
streams[0].plot(size=(900, 500), handle=True)

# %%
# Location code ``SY`` and instrument code ``X`` distinguish them from data. ``stats.tng``
# has the provenance of each record.
for key in ("generator", "model", "seed", "realization", "sources", "drawn_magnitude", "units"):
    print(f"{key:12} {streams[0][0].stats.tng[key]}")

# %%
# Real and generated records, each trace to its own peak.
groups = {"real": real["SM.S002"], "generated": streams}
plotting.plot_records(groups, n=5)

# %%
# Both show the site.
plotting.plot_hvsr_comparison(groups)

# %%
print(f"f0: real {hvsr(real['SM.S002']).peak.f0:.2f} Hz, generated "
      f"{hvsr(streams).peak.f0:.2f} Hz, theory {network.sites['SM.S002'].f0:.2f} Hz")

# %%
# Write them for any other program. The inventory describes the synthetic channels: one
# sample is one m/s², so removing the response changes nothing.
folder = Path(tempfile.mkdtemp())
streams[0].write(str(folder / "record.mseed"), format="MSEED")
generator.inventory.write(str(folder / "synthetic.xml"), format="STATIONXML", validate=True)
generator.save(folder / "model")
print(generator.inventory)
