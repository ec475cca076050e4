"""Rejections: codes, numbers, and the table in the guide."""

import pickle
import re
from pathlib import Path

import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.rejection import (
    CODES,
    RecordRejectedError,
    RejectedRecord,
    rejected,
    rejection_of,
)

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "records.rst"


def test_an_error_with_its_rejection():
    error = rejected("coarse", "too coarse", 2, 3)
    assert isinstance(error, TNGInputError)
    assert str(error) == str(error.rejection) == "too coarse"
    assert error.rejection.row == ["coarse", 2.0, 3.0, "too coarse"]
    assert rejection_of(error) is error.rejection
    assert rejection_of(TNGInputError("other")).row == ["unusable", None, None, "other"]
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, RecordRejectedError)
    assert again.rejection == error.rejection
    with pytest.raises(TNGInputError, match="code must be one of"):
        RejectedRecord("bad luck", None, None, "")


def test_the_guide_has_every_code_and_its_argument():
    if not GUIDE.exists():
        pytest.skip("docs are not in an installed package")
    table = dict(re.findall(r"^``(\w+)`` +(.*)$", GUIDE.read_text("utf-8"), re.MULTILINE))
    for code, (_, argument) in CODES.items():
        assert code in table, code
        assert argument is None or f"``{argument}``" in table[code], code


def test_every_code_is_used():
    package = GUIDE.parents[2] / "obspy_tng"
    text = "".join(p.read_text("utf-8") for p in package.rglob("*.py") if p.name != "rejection.py")
    checks = ("clipped", "stuck", "bridged", "spike", "step", "pulses")
    assert [code for code in CODES if f'"{code}"' not in text and code not in checks
            and code != "unusable"] == []
