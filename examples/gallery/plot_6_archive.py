"""
Batch over an SDS archive
=========================

From an archive of raw data with StationXML and QuakeML to records, a list of everything that
was rejected, and generated records for every station.
"""

# %%
# The archive contains MiniSEED counts in an SDS tree. It is simulated here; with your own
# only the paths differ.
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import obspy
from obspy.clients.filesystem.sds import Client

from obspy_tng import TNGGenerator, collect_records, simulate_network
from obspy_tng.records.folder import write_records
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station
from obspy_tng.records.sds import write_sds
from obspy_tng.simulate import write_archive

folder = Path(tempfile.mkdtemp())
write_archive(simulate_network(n_stations=3, n_events=25, seed=5, window=90.0,
                               magnitude=(3.0, 6.5), old_recorders=0.5), folder)
print("\n".join(sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))[:8]))

# %%
# Any ObsPy client works: SDS, FDSN, or an object of your own with ``get_waveforms``.
# :func:`~obspy_tng.collect_records` keeps one record at a time in memory.
inventory = obspy.read_inventory(str(folder / "stations.xml"))
catalog = obspy.read_events(str(folder / "events.xml"))
collection = collect_records(Client(str(folder / "sds")), inventory, catalog,
                             sampling_rate=50.0, window=60.0, progress=False)
records = list(collection)
print(collection.summary())

# %%
# Each rejection has its reason.
for _record_id, reason in collection.rejected[:3]:
    print(reason)

# %%
groups = group_by_station(records)
fig, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
for station, group in groups.items():
    infos = [record_info(record) for record in group]
    ax.plot([i["distance"] for i in infos], [i["magnitude"] for i in infos], "o", alpha=0.7,
            label=f"{station} ({len(group)} records)")
ax.set(xscale="log", xlabel="epicentral distance (km)", ylabel="magnitude")
ax.set_xticks([10, 20, 50, 100], ["10", "20", "50", "100"])
ax.minorticks_off()
ax.grid(color="0.9")
ax.legend(fontsize=8)

# %%
# Write the records to disk, enrol them, and write generated records to another SDS archive.
# On the command line: ``obspy-tng collect``, ``enroll``, ``generate``.
write_records(records, folder / "records")
generator = TNGGenerator(50.0, 60.0).enroll(records, inventory=inventory)
write_sds([stream for station in generator.stations
           for stream in generator.generate(station, n=10, seed=0)], folder / "generated")
print(Client(str(folder / "generated" / "sds")).get_all_nslc()[:3])
