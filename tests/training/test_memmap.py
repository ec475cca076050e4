"""Record stores on disk."""

import json

import numpy as np
import pytest

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.info import record_info
from obspy_tng.records.record import record_to_array
from obspy_tng.simulate import simulate_arrays, simulate_records
from obspy_tng.training import RecordStore, write_store

SIZE = {"d_model": 4, "d_ff": 4, "num_kernels": 1, "top_k": 1}
OPTIONS = {"n_stations": 2, "n_events": 6, "seed": 3, "sampling_rate": 50.0, "window": 20.0}


@pytest.fixture(scope="module")
def network():
    return simulate_network(**OPTIONS)


def test_store_from_records_and_from_arrays(network, tmp_path):
    stores = [write_store(network.records, tmp_path / "streams"),
              write_store(simulate_records(**OPTIONS), tmp_path / "one_by_one"),
              write_store(simulate_arrays(**OPTIONS), tmp_path / "arrays", 50.0)]
    for store in stores:
        assert (store.sampling_rate, store.npts, len(store)) == (50.0, 1000, 12)
        assert store.stations == {"SM.S001": 6, "SM.S002": 6}
        for station, (data, infos) in store.groups().items():
            assert isinstance(data, np.memmap)
            expected = [r for r in network.records if r[0].stats.station == station[3:]]
            np.testing.assert_array_equal(
                data, np.stack([record_to_array(r) for r in expected]).astype(np.float32))
            assert infos == [json.loads(json.dumps(record_info(r))) for r in expected]


def test_fit_from_a_store_is_fit_from_its_records(network, tmp_path):
    settings = {"epochs": 1, "finetune_epochs": 1}
    store = write_store(network.records, tmp_path / "store")
    for architecture in ("released", "conditional"):
        a, b = (TNGGenerator(50.0, 20.0, architecture, training=settings, device="cpu",
                             size=SIZE) for _ in range(2))
        a.fit(sorted(network.records, key=lambda r: r[0].stats.station), progress=False)
        b.fit(store, progress=False)
        assert b.stations == a.stations
        assert a.model_hash == b.model_hash
    b.fit(store, targets=["SM.S002"], progress=False)
    assert b.stations == {"SM.S002": 6}
    with pytest.raises(TNGInputError, match="2000 samples are needed"):
        TNGGenerator(100.0, 20.0, "released").fit(store)


def test_bad_stores(network, tmp_path):
    write_store(network.records, tmp_path / "s")
    with pytest.raises(TNGInputError, match="already"):
        write_store(network.records, tmp_path / "s")
    with pytest.raises(TNGInputError, match="empty"):
        write_store([], tmp_path / "e")
    with pytest.raises(TNGInputError, match="not a store"):
        RecordStore(tmp_path / "e")
    with pytest.raises(TNGInputError, match="sampling_rate"):
        write_store(simulate_arrays(**OPTIONS), tmp_path / "a")
    short = network.records[0].copy()
    for tr in short:
        tr.data = tr.data[:500]
    with pytest.raises(TNGInputError, match="500"):
        write_store([network.records[0], short], tmp_path / "m")
    with open(tmp_path / "s" / "SM.S001.f32", "r+b") as file:
        file.truncate(1000)
    with pytest.raises(TNGInputError, match="damaged"):
        RecordStore(tmp_path / "s")
