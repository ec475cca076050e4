"""Sizes by name or by settings, and what does not exist."""

from dataclasses import dataclass

import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.methods.sizes import config_of_size


@dataclass
class Config:
    seq_len: int = 1
    width: int = 2


SIZES = {"small": {"width": 4, "seq_len": 7}, "large": {"width": 64}}


def test_names_and_settings():
    assert config_of_size(Config, "large", SIZES) == Config(1, 64)
    assert config_of_size(Config, {"width": 3}, SIZES) == Config(1, 3)
    assert config_of_size(Config, "small", SIZES, seq_len=100) == Config(100, 4)  # is fixed


@pytest.mark.parametrize(("size", "message"), [
    ("huge", r"size must be one of \['large', 'small'\] or a dict, got 'huge'"),
    ({"depth": 3}, "size: .*'depth'")])
def test_what_does_not_exist(size, message):
    with pytest.raises(TNGInputError, match=message):
        config_of_size(Config, size, SIZES)
