"""Records that the tests of figures share."""

import pytest

from obspy_tng import simulate_network


@pytest.fixture(scope="package")
def groups():
    records = simulate_network(n_stations=1, n_events=12, seed=1, sampling_rate=50.0,
                               window=40.0).records
    return {"real": records[:6], "one": records[6:9], "two": records[9:]}
