"""Terms of stations from Vs30 and f0."""

import dataclasses

import numpy as np
import pygmm
import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.groundmotion.level_fit import fit_band_levels
from obspy_tng.groundmotion.site_terms import (
    F0_SCALE,
    FREQUENCIES,
    SIMULATED_SLOPES,
    VS30_SLOPES,
    Site,
    _regional_vs30,
    site_terms,
)
from obspy_tng.groundmotion.station_terms import station_terms

from .networks import BANDS, evidence, network, part, records_of


@pytest.fixture(scope="module")
def fitted():
    data, *_ = network(np.random.default_rng(0))
    return data, dataclasses.replace(fit_band_levels(**data), events={})


@pytest.mark.parametrize("values", [{"vs30": 10.0}, {"vs30": np.nan}, {"f0": "1"}, {"f0": -1.0}])
def test_values_that_no_ground_has_are_refused(values):
    with pytest.raises(TNGInputError, match=next(iter(values))):
        Site(**values)


def test_slopes_are_the_published_ones():
    """At 1 Hz Fourier amplitudes increase by 2^1.118 where Vs30 is half as large (BA18, c8)."""
    assert dict(zip(FREQUENCIES, VS30_SLOPES, strict=True))[1.0] == -1.118
    model = pygmm.BaylessAbrahamson2019
    at = {"mag": 5.0, "dist_rup": 100.0, "depth_tor": 5.0, "mechanism": "SS"}
    soft, hard = (model(pygmm.Scenario(**at, v_s30=v)) for v in (600.0, 900.0))
    ratio = (np.log(soft.eas) - np.log(hard.eas)) / np.log(600 / 900)
    there = np.interp(FREQUENCIES, soft.freqs, ratio)
    np.testing.assert_allclose(there, VS30_SLOPES, atol=0.05)


def test_the_mean_of_a_region_is_that_of_its_stations():
    mean, error = _regional_vs30([])
    assert np.exp(mean) == pytest.approx(400)
    known, fewer = _regional_vs30([np.log(200.0)] * 50)
    assert np.exp(known) == pytest.approx(200, rel=0.05)
    assert fewer < error / 10


def test_soft_ground_is_louder_at_low_frequencies_and_less_uncertain(fitted):
    _, model = fitted
    found = site_terms({"a": Site(vs30=200.0), "b": Site(vs30=800.0)}, set(), model)
    means = [found[s].mean[:BANDS] for s in "ab"]
    slopes = np.interp(model.frequencies, FREQUENCIES,
                       np.mean([VS30_SLOPES, SIMULATED_SLOPES], axis=0))
    np.testing.assert_allclose(means[0] - means[1], 2 * slopes * np.log(200 / 800), rtol=0.02)
    assert (found["a"].scale[:BANDS] < 1).all()
    assert np.linalg.eigvalsh(found["a"].covariance_of(model)).min() > -1e-9


def test_the_hvsr_peaks_at_f0(fitted):
    _, model = fitted
    f0 = float(model.frequencies[3])
    found = site_terms({"a": Site(f0=f0), "b": Site(vs30=300.0, f0=f0)}, set(), model)
    hvsr = found["a"].mean[BANDS:2 * BANDS]
    assert hvsr.argmax() == 3
    np.testing.assert_array_equal(found["a"].mean, found["b"].mean)
    np.testing.assert_allclose(found["a"].scale, np.repeat([F0_SCALE, F0_SCALE, 1.0], BANDS))
    assert np.linalg.eigvalsh(found["a"].covariance_of(model)).min() > -1e-9


def test_a_station_without_records_has_the_term_of_its_site(fitted):
    data, model = fitted
    sites = site_terms({"new": Site(vs30=250.0)}, set(), model)
    own = {s: evidence(model, part(data, records_of(data, s))) for s in ("s0", "s1", "s2")}
    none = evidence(model, part(data, []))
    terms = station_terms(model, {**own, "new": none}, sites)
    plain = station_terms(model, {**own, "new": none})
    np.testing.assert_allclose(terms["new"].delta_s2s - plain["new"].delta_s2s,
                               sites["new"].mean, atol=1e-6)
    assert terms["new"].sd[0] > 3 * terms["s0"].sd[0]
    np.testing.assert_allclose(terms["s0"].delta_s2s, plain["s0"].delta_s2s)


def test_records_outweigh_site_data(fitted):
    data, model = fitted
    own = {"s0": evidence(model, part(data, records_of(data, "s0")))}
    sites = site_terms({"s0": Site(vs30=1000.0)}, {"s0"}, model)
    with_site, without = (station_terms(model, own, s)["s0"].delta_s2s[:BANDS]
                          for s in (sites, None))
    np.testing.assert_allclose(with_site, without, atol=0.15)
