"""
Enrol your own station
======================

With the weights in the package a new station needs a few records and no training. Here the
records are raw data of an observatory: counts and a StationXML file.
"""

# %%
# The weights alone. They were trained on simulated stations, none of which is used here.
import numpy as np
from obspy import Stream

from obspy_tng import TNGGenerator, TNGInputError, hvsr, plotting, prepare_record, simulate_network
from obspy_tng.simulate.files import network_inventory

size = {"sampling_rate": 100.0, "window": 60.0}
generator = TNGGenerator(**size)
print(generator)

# %%
# The new station: counts at 100 Hz, 90 s long, and its StationXML with the gain.
new = simulate_network(n_stations=1, n_events=30, seed=9, sampling_rate=100.0, window=90.0,
                       f0=[1.5], network="MY")
inventory = network_inventory(new.sites.values(), 100.0, counts=True)
step = new.sites["MY.S001"].step  # m/s² per count
raw = []
for record in new.records:
    counts = record.copy()
    for trace in counts:
        trace.data = np.rint(trace.data / step).astype(np.int32)
        del trace.stats["tng"]
    raw.append(counts)
print(raw[0])

# %%
# :func:`obspy_tng.prepare_record` checks a recording, converts it to ground acceleration in
# m/s², Z, N and E, and cuts the window. ``stats.processing`` lists the steps.
record = prepare_record(raw[0], inventory, event=new.catalog[0], **size)
print(record)
print(record[0].stats.processing)
print({key: record[0].stats.tng[key] for key in ("magnitude", "distance", "energy_kept")})

# %%
# A recording that cannot give a correct record is refused with the reason.
try:
    prepare_record(Stream(raw[0][:2]), inventory, **size)
except TNGInputError as error:
    print(error)

# %%
# Five of the records are enrolled; the others are for comparison.
prepared = [prepare_record(st, inventory, event=event, **size)
            for st, event in zip(raw, new.catalog, strict=True)]
generator.enroll(prepared[:5], inventory=inventory)
streams = generator.generate("MY.S001", n=30, seed=1)
print(generator.stations)

# %%
groups = {"real, not enrolled": prepared[5:], "generated from 5": streams}
plotting.plot_hvsr_comparison(groups)

# %%
# Which are real? Four real and four generated records in random order.
like = generator.generate_like("MY.S001", prepared[5:], seed=2)
figure, key = plotting.plot_unlabelled({"real": prepared[5:], "generated": like}, n=4, seed=3)
figure  # noqa: B018

# %%
print(key)

# %%
print(f"f0: {hvsr(prepared[5:]).peak.f0:.2f} Hz real, {hvsr(streams).peak.f0:.2f} Hz generated, "
      f"{new.sites['MY.S001'].f0:.2f} Hz theory")
