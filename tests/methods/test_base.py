"""Every architecture offers what the generator uses."""

import inspect

import pytest

from obspy_tng import TNGGenerator
from obspy_tng.methods import METHODS, Method
from obspy_tng.station_generator import keyword_names

MEMBERS = ("fit", "encode", "fit_bank", "draw", "reconstruct")


@pytest.mark.parametrize("name", METHODS)
def test_every_architecture_is_a_method(name):
    method = METHODS[name](1000, 50.0, size="small", device="cpu", seed=0)
    assert isinstance(method, Method)
    assert not method.model.training
    for member in MEMBERS:
        given = [p for p in inspect.signature(getattr(method, member)).parameters.values()
                 if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty]
        asked = [p for p in inspect.signature(getattr(Method, member)).parameters.values()
                 if p.kind is p.POSITIONAL_ONLY]
        assert len(given) <= len(asked) - 1, member  # without self


@pytest.mark.parametrize("name", METHODS)
def test_options_are_those_of_draw(name):
    """An option that is missing in ``options`` could not be given to ``generate``."""
    cls = METHODS[name]
    found = keyword_names(cls.draw)
    if found is None:  # further keywords go on to decode_draw
        parameters = inspect.signature(cls.draw).parameters.values()
        found = {p.name for p in parameters if p.default is not p.empty}
        found |= keyword_names(cls.decode_draw)
    assert set(cls.options) == found


@pytest.mark.parametrize("name", METHODS)
def test_every_option_is_documented(name):
    """In the class (tng: in the module) that users are referred to."""
    documented = "".join(filter(None, (inspect.getdoc(f) for f in (
        METHODS[name].draw, getattr(METHODS[name], "decode_draw", None)))))
    assert [o for o in METHODS[name].options if f":param {o}:" not in documented] == []
    assert name in inspect.getdoc(TNGGenerator)
