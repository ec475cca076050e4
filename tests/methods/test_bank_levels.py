"""Band levels of a bank: scenarios, station terms, and what is refused."""

import numpy as np
import pytest

from obspy_tng._random import realization_rngs
from obspy_tng.exceptions import TNGInputError, TNGWarning
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.methods.bank_levels import fit_bank_levels
from obspy_tng.records.enrolled import Enrolled
from obspy_tng.records.info import RECORD_FIELDS
from obspy_tng.signal.evolutionary import filter_bank

FILTERS = filter_bank(2000, 50.0, freqmin=0.25)


def enrolled(name, n, term, seed, known=True):
    """Levels that follow magnitude and distance, with a term of the station."""
    rng = np.random.default_rng(seed)
    m, r = rng.uniform(4, 7, n), rng.uniform(20, 150, n)
    levels = (2.3 * (m - 6) - 2 * np.log(r / 50) + term)[:, None, None] \
        + 0.3 * rng.standard_normal((n, 1, 1)) + 0.2 * rng.standard_normal((n, 3, len(FILTERS)))
    infos = [{**dict.fromkeys(RECORD_FIELDS), "record_id": f"{name}.{i}", "event_id": f"{name}{i}",
              "freqmin": 0.5, "starttime": f"20{i % 90 + 10}-01-01T00:00:00Z"} for i in range(n)]
    for info, *values in zip(infos, m, r, strict=True):
        if known:
            info.update(magnitude=values[0], distance=values[1], depth=15.0)
    return Enrolled({"levels": levels}, infos)


@pytest.fixture(scope="module")
def bank():
    return {"XX.A": enrolled("XX.A", 25, 0.0, 1), "XX.B": enrolled("XX.B", 25, 1.5, 2)}


@pytest.fixture(scope="module")
def fitted(bank):
    return fit_bank_levels(bank, FILTERS)


def test_levels_have_the_terms_of_their_stations(fitted):
    scenario = Scenario(6.0, 60.0, 15.0)
    means = {}
    for station in ("XX.A", "XX.B"):
        rngs = realization_rngs(0, station, 40)
        term = fitted.station_term(station, "mean", rngs[0])
        drawn = [fitted.draw_levels(station, scenario, term, rng) for rng in rngs]
        assert drawn[0].shape == (3, len(FILTERS))
        means[station] = np.mean(drawn)
    assert means["XX.B"] - means["XX.A"] == pytest.approx(1.5, abs=0.5)


def test_one_term_for_all_realizations_of_a_seed(fitted):
    rngs = realization_rngs(3, "XX.A", 3)
    drawn = [fitted.station_term("XX.A", "drawn", rng) for rng in rngs]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    mean = fitted.station_term("XX.A", "mean", rngs[0])
    assert not np.allclose(drawn[0], mean)


def test_residuals_are_what_is_not_explained(fitted, bank):
    levels = np.concatenate([e.arrays["levels"] for e in bank.values()])
    residuals = fitted.residuals(levels)
    assert residuals.shape == (50, 3 * len(FILTERS))
    assert abs(residuals[:25].mean()) < 0.15
    assert abs(residuals[25:].mean()) < 0.15


def test_scenarios_are_those_asked_for_or_those_of_records(fitted, bank):
    rng = np.random.default_rng(0)
    asked = Scenario(5.0, 40.0)
    assert fitted.draw_scenario("XX.A", asked, rng) is asked
    found = fitted.draw_scenario("XX.A", Scenario(), rng)
    assert found.magnitude in [info["magnitude"] for info in bank["XX.A"].infos]
    notes = fitted.notes("XX.A", found)
    assert not notes["extrapolated"]
    assert notes["freqmin"] == 0.5  # the corner of the records, above the lowest band
    assert notes["freqmax"] == pytest.approx(FILTERS.center_frequencies[-1])


def test_far_outside_of_the_data(fitted):
    fitted.check([Scenario(6.0, 60.0), Scenario()])
    with pytest.warns(TNGWarning, match="magnitude 9 at 2 km is extrapolated"):
        fitted.check([Scenario(6.0, 60.0), Scenario(9.0, 2.0)])


def test_too_few_known_records_without_a_prior():
    with pytest.raises(TNGInputError, match="only 0 enrolled records have a magnitude"):
        fit_bank_levels({"XX.A": enrolled("XX.A", 25, 0.0, 1, known=False)}, FILTERS)
