"""cross_evaluate() on a simulated network: what passes, what fails, what raises."""

import pytest

from obspy_tng.baselines import ResampledReal
from obspy_tng.evaluation import cross_evaluate
from obspy_tng.exceptions import TNGInputError
from obspy_tng.records.record import group_by_station

from .made_up import CONTROLS, RATE, WINDOW


def verdicts(evaluation, generator):
    return {row["metric"]: row["verdict"] for row in evaluation.rows
            if row["generator"] == generator and row["station"] == "all"}


def test_resampled_real_is_at_the_floor_but_for_novelty(crossed):
    found = verdicts(crossed, "resampled real")
    question = {row["metric"]: row["question"] for row in crossed.rows}
    failed = {m for m, v in found.items() if v == "outside" and question[m] != "Novelty"}
    near = {m for m, v in found.items() if v == "near" and question[m] != "Novelty"}
    assert not failed
    assert len(near) <= 2
    assert found["novelty"] == found["copies"] == found["diversity"] == "outside"
    assert crossed.value("novelty", "resampled real") == pytest.approx(1, abs=1e-3)


def test_mean_of_records_has_its_known_faults(crossed):
    found = verdicts(crossed, "mean of 5")
    for metric in ("pga_spread", "arias_spread", "psa_sd_ratio", "fas_sd_ratio",
                   "husid_sd_ratio", "novelty"):
        assert found[metric] == "outside", metric
    assert found["d5_95_spread"] in ("near", "outside")
    assert crossed.value("pga_bias", "mean of 5") < -0.15
    assert crossed.value("pga_spread", "mean of 5") < 0.75
    # and f0 cannot see them
    assert found["specificity"] != "outside"
    assert crossed.value("novelty", "shaped noise") < crossed.value("novelty", "all-pass") < 1


def test_luck_of_the_split_cancels(crossed):
    """Both ways, real against real has no bias by construction; draws leave a little."""
    row = crossed.row("pga_bias", "resampled real")
    assert abs(row["floor"]) < 0.12
    assert abs(row["value"]) < 0.25


def test_cross_evaluate_bad_arguments(network):
    makers = {"a": lambda known: ResampledReal(RATE, WINDOW).enroll(known)}
    for options, message in (({"n": 1}, "n must be"), ({"splits": 0}, "splits must be"),
                             ({"repeats": 0}, "repeats must be"), ({"seed": -1}, "seed must be"),
                             ({"workers": 0}, "workers must be")):
        with pytest.raises(TNGInputError, match=message):
            cross_evaluate(network, makers, **options)
    with pytest.raises(TNGInputError, match="no generators"):
        cross_evaluate(network, {})
    with pytest.raises(TNGInputError, match="at least 3 are needed"):
        cross_evaluate(group_by_station(network)["SM.S001"][:5], makers)


@pytest.mark.slow
def test_mexico(mexico):
    """The controls on real records: minutes, most of them for collecting and measuring."""
    from obspy import read_events, read_inventory
    from obspy.clients.filesystem.sds import Client

    from obspy_tng import collect_records
    records = list(collect_records(Client(str(mexico / "sds")),
                                   inventory=read_inventory(mexico / "stations.xml"),
                                   catalog=read_events(mexico / "events.xml"),
                                   sampling_rate=50.0, window=120.0, progress=False))
    makers = {name: lambda known, control=control: control(50.0, 120.0).enroll(known)
              for name, control in CONTROLS.items()}
    evaluation = cross_evaluate(records, makers, n=20)
    question = {row["metric"]: row["question"] for row in evaluation.rows}
    resampled = verdicts(evaluation, "resampled real")
    assert not {m for m, v in resampled.items() if v != "within" and question[m] != "Novelty"}
    mean = verdicts(evaluation, "mean of 5")
    for metric in ("pga_bias", "arias_bias", "pga_spread", "d5_95_spread", "psa_sd_ratio",
                   "husid_sd_ratio", "arrivals", "novelty"):
        assert mean[metric] == "outside", metric
    # 0.19 to 0.21 where real records have 0.13 with a spread of 0.01 to 0.02, by split
    assert mean["hvsr_rms"] in ("near", "outside")
