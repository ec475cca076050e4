"""What structures feel: directions, yielding, residuals between and within events."""

import numpy as np
import pytest

from obspy_tng import simulate_network
from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.metrics import proxies
from obspy_tng.evaluation.metrics.proxies import rotd50_residuals, split_residuals
from obspy_tng.evaluation.recordset import RecordSet
from obspy_tng.records.record import group_by_station
from obspy_tng.signal import inelastic_ratio, rotd


@pytest.fixture(scope="module")
def sets():
    network = simulate_network(n_stations=3, n_events=14, seed=4, sampling_rate=50.0, window=30.0)
    axes = Axes.of_records(network.records)
    return {station: RecordSet.from_records(group, axes, station)
            for station, group in group_by_station(network.records).items()}


def test_quantities(sets):
    records = next(iter(sets.values()))
    axes = records.axes
    _, psa = rotd(records.data[:2].astype(float), axes.sampling_rate, axes.periods)
    np.testing.assert_allclose(records.rotd_ratio[:2], np.log(psa[100] / psa[50]), atol=1e-6)
    assert (records.rotd_ratio >= 0).all()
    # linear motion has sqrt(2), but for the steps of the angle
    assert (records.rotd_ratio <= np.log(np.sqrt(2)) + 0.01).all()
    _, ratio = inelastic_ratio(records.data[:2, 1:], axes.sampling_rate, axes.inelastic_periods)
    np.testing.assert_allclose(records.inelastic[:2], np.log(ratio).mean(1), atol=1e-4)
    assert proxies.rotd_ratio_published(records, records) < 0.1


def test_residuals_of_a_made_up_fit(sets):
    """Values that follow magnitude, ln distance and stations exactly leave nothing."""
    made = {}
    for number, (station, records) in enumerate(sets.items()):
        made[station] = copy = records.take(np.arange(len(records)))
        copy.root = object.__new__(RecordSet)
        copy.root.__dict__.update(records.root.__dict__)
        level = number + 1.3 * records.info("magnitude") - np.log(records.info("distance"))
        copy.root.measurements = {"rotd": {"rotd50": np.tile(level[:, None], 3)}}
    found, events = rotd50_residuals(made)
    np.testing.assert_allclose(found, 0, atol=1e-9)
    assert len(events) == sum(map(len, made.values()))


def test_split_residuals():
    """Event terms of sd 1 and correlation 0.9; the rest of sd 0.5 without correlation."""
    rng = np.random.default_rng(0)
    events = np.repeat(np.arange(2000), 3)
    root = np.linalg.cholesky([[1, 0.9], [0.9, 1]])
    terms = rng.standard_normal((2000, 2)) @ root.T
    total = terms[events] + 0.5 * rng.standard_normal((6000, 2))
    between, within = split_residuals(total, events)
    assert np.corrcoef(within.T)[0, 1] == pytest.approx(0, abs=0.05)
    assert within.std() == pytest.approx(0.5, rel=0.03)
    assert np.cov(between.T)[0, 1] == pytest.approx(0.9, abs=0.08)
    alone = split_residuals(total[:5], np.arange(5))
    assert len(alone[0]) == len(alone[1]) == 0


def test_correlation_of_residuals(sets):
    assert proxies.residual_correlation(sets, sets) == pytest.approx(0, abs=1e-12)
    assert proxies.residual_correlation_between(sets, sets) == pytest.approx(0, abs=1e-12)
    assert proxies.residual_correlation_within(sets, sets) == pytest.approx(0, abs=1e-12)
    few = {station: records.take([0, 1]) for station, records in sets.items()}
    assert np.isnan(proxies.residual_correlation(sets, few))
