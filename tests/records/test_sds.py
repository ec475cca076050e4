"""Records as an SDS archive."""

import numpy as np
import pytest

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
