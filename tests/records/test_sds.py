"""Records as an SDS archive."""

import json

import numpy as np
import pytest
from obspy import UTCDateTime
from obspy.clients.filesystem.sds import Client

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.folder import read_records, write_records
from obspy_tng.records.sds import write_sds
from obspy_tng.records.synthetic import synthetic_record


def test_codes_that_miniseed_cuts(tmp_path):
    record = synthetic_record(np.random.default_rng(0).standard_normal((3, 200)), 100.0,
                              "PEER.RSN1234")
    write_records([record], tmp_path / "records")
    assert [tr.id for tr in next(read_records(tmp_path / "records"))] == [tr.id for tr in record]
    with pytest.raises(TNGInputError, match="MiniSEED would cut"):
        write_sds([record], tmp_path / "archive")


def test_sds_round_trip(tmp_path):
    rng = np.random.default_rng(0)
    midnight = UTCDateTime(2000, 1, 2)
    made = [synthetic_record(rng.normal(size=(3, 6000)), 100.0, "XX.S1",
                             midnight + 120 * k - 90.005, {"seed": k}) for k in range(4)]
    assert write_sds(made, tmp_path) == 4
    client = Client(str(tmp_path / "sds"))
    for record in made:
        start, end = record[0].stats.starttime, record[0].stats.endtime
        found = client.get_waveforms("XX", "S1", "SY", "HX?", start - 20, end + 20)
        assert len(found) == 3
        for tr in record:
            back = found.select(channel=tr.stats.channel)[0]
            np.testing.assert_array_equal(back.data, tr.data)
            assert back.stats.starttime == start
    about = json.loads((tmp_path / "records.json").read_text())
    assert [trace["tng"]["seed"] for trace in about] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert len(list(tmp_path.rglob("*.D.2000.001"))) == 3
    assert len(list(tmp_path.rglob("*.D.2000.002"))) == 3
    with pytest.raises(TNGInputError, match="already"):
        write_sds(made, tmp_path)
