"""
From a site to a design suite
=============================

Three records of a station, a scenario, and eleven records for an analysis: the target comes from
ground-motion models, the records from the generator, and the files are what an analysis program
reads (:mod:`obspy_tng.suites`).
"""

# %%
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.suites import generate_suite, measures, model_target

# %%
# The generator is given three strong records of one station of a simulated network.
network = simulate_network(n_stations=1, n_events=12, seed=1, sampling_rate=50, window=40,
                           f0=[8.0])
records = sorted(network.records, key=lambda r: -r[0].stats.tng.magnitude)[:3]
generator = TNGGenerator(sampling_rate=50, window=40).enroll(records)
measures(records, periods=[1.0])

# %%
# The target: mean and standard deviation of two models for magnitude 6.5 at 40 km on the ground
# of this station.
vs30 = network.sites["SM.S001"].vs30
target = model_target(6.5, 40.0, vs30, models=["BSSA14", "CY14"])
print(target)

# %%
# Records are drawn for this scenario, and eleven of them are selected whose mean and spread fit
# between 0.3 and 2 s. These periods are beyond the resonance of this site (8 Hz): the target of a
# ground-motion model is an average site, which has no resonance.
suite = generate_suite(generator, "SM.S001", target, n=11, pool=200, period_range=(0.3, 2.0),
                       scale_factors=(0.25, 4.0), seed=0)
print(suite.summary())
suite.plot()

# %%
# Files for the analysis: AT2, an index with scale factors and measures, a picture and a page.
with TemporaryDirectory() as folder:
    files = suite.write(folder, formats=["at2", "opensees"])
    index = json.loads((Path(folder) / "index.json").read_text("utf-8"))
    print(len(files), "files, such as", files[0].name)
    first = index["records"][0]
    print({key: first[key] for key in ("kind", "scale_factor", "dt", "magnitude", "pga", "d5_95")})
    print((Path(folder) / "opensees" / "suite.tcl").read_text("utf-8").splitlines()[2])
