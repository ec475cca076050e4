"""Records that the tests of metrics share."""

import pytest

from ..made_up import records, waves


@pytest.fixture(scope="package")
def real():
    return records(waves(30))
