"""Settings of the training."""

import pytest

from obspy_tng import TNGGenerator
from obspy_tng.exceptions import TNGInputError


@pytest.mark.parametrize(("bad", "word"), [({"precision": "fp8"}, "precision"),
                                           ({"parts": 0}, "parts"), ({"parts": 1.5}, "parts")])
def test_bad_settings(bad, word):
    with pytest.raises(TNGInputError, match=word):
        TNGGenerator(training=bad)
