"""Settings of the training."""

import pytest

from obspy_tng import TNGGenerator
from obspy_tng.exceptions import TNGInputError
from obspy_tng.training import TrainingSettings


@pytest.mark.parametrize(("bad", "word"), [({"precision": "fp8"}, "precision"),
                                           ({"parts": 0}, "parts"), ({"parts": 1.5}, "parts")])
def test_bad_settings(bad, word):
    with pytest.raises(TNGInputError, match=word):
        TNGGenerator(training=bad)


def test_phases_have_the_settings():
    settings = TrainingSettings(epochs=4, finetune_epochs=2, learning_rate=1e-2,
                                finetune_learning_rate=1e-3, batch_size=3, patience=None)
    first, second = settings.phases("one", "two")
    assert (first.name, first.epochs, first.learning_rate) == ("one", 4, 1e-2)
    assert (second.name, second.epochs, second.learning_rate) == ("two", 2, 1e-3)
    assert {(p.batch_size, p.patience) for p in (first, second)} == {(3, None)}
    assert [p.epochs for p in settings.phases("one", "two", skip_first=True)] == [0, 2]
