"""
Read agency formats
===================

With obspy_tng installed, ``obspy.read`` opens the strong-motion files of agencies; no import
is needed. The table of formats is in :mod:`obspy_tng.io`.
"""

# %%
# Read your own files with ``obspy.read("20201030.asc")``. We may not distribute agency files, so
# a simulated record is written in two of the formats.
import tempfile
from pathlib import Path

import obspy

from obspy_tng import hvsr, prepare_record, simulate_network

folder = Path(tempfile.mkdtemp())
record = simulate_network(n_stations=1, n_events=1, seed=7, f0=[2.0], window=80.0).records[0]
for trace in record:
    single = obspy.Stream([trace])
    single.write(str(folder / f"{trace.stats.channel}.ASC"), format="DYNA")
    single.write(str(folder / f"{trace.stats.channel}.AT2"), format="AT2")
print((folder / "HNE.AT2").read_text()[:300])

# %%
# ObsPy finds the format by itself.
stream = obspy.read(str(folder / "*.ASC"))
print(stream)
print(obspy.read(str(folder / "HNE.AT2")))

# %%
# Samples are in m/s². Header values have the same names for all formats.
stats = stream[0].stats
for key in ("quantity", "units", "file_units", "pga", "magnitude", "distance", "freqmin"):
    print(f"stats.dyna.{key:12} {stats.dyna[key]}")

# %%
# These files contain their units, so that no StationXML is needed.
prepared = prepare_record(stream, sampling_rate=50.0, window=60.0)
print(prepared[0].stats.processing)
prepared.plot(size=(900, 500), handle=True)

# %%
hvsr(prepared).plot()
