"""Targets by pygmm: its own numbers, several models as one distribution."""

import numpy as np
import pygmm
import pytest

from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.suites import model_target
from obspy_tng.suites.models import MODELS

ASKED = {"magnitude": 6.5, "distance": 30.0, "vs30": 400.0}


def test_one_model():
    target = model_target(**ASKED, mechanism="RS", periods=[0.1, 1.0])
    model = pygmm.BooreStewartSeyhanAtkinson2014(pygmm.Scenario(
        mag=6.5, dist_jb=30.0, v_s30=400.0, mechanism="RS"))
    np.testing.assert_allclose(target.psa / 9.80665, model.interp_spec_accels([0.1, 1.0]))
    np.testing.assert_allclose(target.ln_sd, model.interp_ln_stds([0.1, 1.0]))
    assert target.scenario["magnitude"] == 6.5
    assert target.component == "rotd50"


def test_several_models():
    """Mean of means; variance within plus variance between."""
    names, weights = ["BSSA14", "CY14", "ASK14"], np.array([0.5, 0.3, 0.2])
    each = [model_target(**ASKED, models=name, periods=[0.2, 1.0]) for name in names]
    mixed = model_target(**ASKED, models=names, weights=10 * weights, periods=[0.2, 1.0])
    means, sds = (np.stack([getattr(t, key) for t in each]) for key in ("ln_mean", "ln_sd"))
    np.testing.assert_allclose(mixed.ln_mean, weights @ means)
    variance = weights @ (sds ** 2 + means ** 2) - (weights @ means) ** 2
    np.testing.assert_allclose(mixed.ln_sd, np.sqrt(variance))
    assert mixed.ln_sd.min() > (weights @ sds).min()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model(name):
    more = {"event_type": "intraslab"} if name == "AGA16" else {}
    target = model_target(6.5, 60.0, 500.0, depth=15.0, models=name, **more)
    assert np.isfinite(target.ln_mean).all()
    assert (target.ln_sd > 0.3).all()


def test_what_a_model_is_not_for():
    with pytest.warns(TNGWarning, match="CY14 is made for v_s30 from 180 to 1500, got 90"):
        model_target(6.5, 30.0, 90.0, models="CY14")
    with pytest.raises(TNGInputError, match="AGA16 needs event_type one of 'interface'"):
        model_target(**ASKED, models="AGA16")
    with pytest.raises(TNGInputError, match="mechanism must be one of"):
        model_target(**ASKED, mechanism="oblique")
    with pytest.raises(TNGInputError, match="models must be among"):
        model_target(**ASKED, models="BA08")
    with pytest.raises(TNGInputError, match="unknown parameters"):
        model_target(**ASKED, colour="red")
    with pytest.raises(TNGInputError, match="weights"):
        model_target(**ASKED, weights=[1, 2])
    with pytest.raises(TNGInputError, match="periods"):
        model_target(**ASKED, periods=[0.1, 20.0])
