"""MATLAB 5 files against SciPy's reader; damaged ones raise our error."""

import contextlib
import io

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from obspy_tng.exceptions import TNGInputError
from obspy_tng.io.common.matfile import first_bytes, load_mat

VALUES = {"x": np.arange(6.0).reshape(2, 3), "n": np.int32(7), "text": "İzmit, 1999",
          "cell": np.array([1.0, "two"], dtype=object),
          "s": {"a": np.array([[1.5, 2.5]]), "name": "inner"}}


def saved(values, **options):
    buffer = io.BytesIO()
    savemat(buffer, values, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("compressed", [False, True])
def test_values(compressed):
    raw = saved(VALUES, do_compression=compressed)
    found, theirs = load_mat(raw), loadmat(io.BytesIO(raw))
    np.testing.assert_array_equal(found["x"], theirs["x"])
    assert np.ravel(found["n"])[0] == 7
    assert found["text"] == VALUES["text"]
    assert found["cell"][1] == "two"
    (inner,) = found["s"]
    np.testing.assert_array_equal(inner["a"], VALUES["s"]["a"])
    assert inner["name"] == "inner"
    assert first_bytes(raw)


def test_other_files():
    raw = saved(VALUES)
    for bad, message in ((b"", "not a MATLAB 5 file"), (b"MATLAB 7.3" + raw[10:], "-v7"),
                         (raw[:126] + b"XX" + raw[128:], "byte order")):
        with pytest.raises(TNGInputError, match=message):
            load_mat(bad)
    assert first_bytes(b"short") == b""


def test_damaged_files_raise_nothing_else():
    raw, rng = saved(VALUES, do_compression=True), np.random.default_rng(0)
    for i in range(200):
        damaged = bytearray(raw)
        if i % 2:
            damaged[rng.integers(128, len(raw))] ^= 1 << int(rng.integers(8))
        else:
            damaged = damaged[:rng.integers(128, len(raw))]
        with contextlib.suppress(TNGInputError):
            load_mat(bytes(damaged))
