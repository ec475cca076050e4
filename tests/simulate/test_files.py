"""A simulated network as an archive: what is written is what collects."""

import numpy as np
import pytest
from obspy import read_events, read_inventory
from obspy.clients.filesystem.sds import Client

from obspy_tng import TNGInputError
from obspy_tng.simulate import simulate_network, write_archive


@pytest.fixture(scope="module")
def network():
    """Two stations, one of them on rock, and two earthquakes."""
    return simulate_network(2, 2, seed=7, f0=[3.0, None], window=40.0)


def test_archive_round_trip(network, tmp_path):
    write_archive(network, tmp_path / "net")
    client = Client(str(tmp_path / "net" / "sds"))
    inventory = read_inventory(str(tmp_path / "net" / "stations.xml"))
    catalog = read_events(str(tmp_path / "net" / "events.xml"))
    assert [e.resource_id.id for e in catalog] == [e.resource_id.id for e in network.catalog]
    for record in network.records:
        s = record[0].stats
        raw = client.get_waveforms(s.network, s.station, "*", "HN*", s.starttime - 5,
                                   s.endtime + 5)
        assert len(raw) == 3
        assert raw[0].data.dtype == np.int32
        raw.remove_sensitivity(inventory)
        step = network.sites[f"SM.{s.station}"].step
        for tr in record:
            back = raw.select(id=tr.id)[0]
            assert abs(back.stats.starttime - s.starttime) < 1e-4
            np.testing.assert_allclose(back.data, tr.data, atol=0.51 * step)
    with pytest.raises(TNGInputError, match="already"):
        write_archive(network, tmp_path / "net")
    network.records.clear()
    with pytest.raises(TNGInputError, match="no records to write"):
        write_archive(network, tmp_path / "none")
