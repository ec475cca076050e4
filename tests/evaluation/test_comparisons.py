"""Comparisons: which pairs are compared, and how the values of a metric are averaged."""

import numpy as np
import pytest

from obspy_tng.evaluation.comparisons import (
    Comparison,
    Comparisons,
    comparisons,
    metric_rows,
    settings_of,
)

from .made_up import AXES, records, waves

STATIONS = ("XX.A", "XX.B")


@pytest.fixture(scope="module")
def data():
    return waves(24, 1)


def sets(data, label, factor=1.0, n=8):
    """A set for each station; levels of the second are ``factor`` times as high."""
    return {s: records(factor ** k * data[8 * k:8 * k + n], f"{label}{s}",
                       event_id=[f"{label}{i}" for i in range(n)])
            for k, s in enumerate(STATIONS)}


def test_pairs(data):
    real, other = sets(data, "r"), sets(data, "o", n=5)
    floor = sets(data[::-1], "f")
    pool = {s: records(np.concatenate([real[s].data, floor[s].data]), "p",
                       event_id=[f"p{i}" for i in range(16)]) for s in STATIONS}
    groups = {"real": real, "enrolled": floor, "floor": floor, "pool": pool}
    floors, judged, given = comparisons(groups, {"g": other}, True, 0, 6)
    assert [len(some) for some in floors] == [1] * 6
    assert judged["g"][0][0].real is real
    assert judged["g"][0][0].other is other
    assert given[0][0].other is floor
    for (one,) in floors:
        for station in STATIONS:
            # halves of different earthquakes; as many records as the generator has
            first, second = ({i["event_id"] for i in side[station].infos}
                             for side in (one.real, one.other))
            assert not first & second
            assert len(one.other[station]) == len(other[station])


def test_without_a_floor_halves_are_compared(data):
    real, other = sets(data, "r"), sets(data, "o")
    floors, judged, given = comparisons({"real": real, "enrolled": real, "pool": real},
                                        {"g": other}, False, 0, 4)
    assert given is None
    assert [len(some) for some in judged["g"]] == [4]
    assert len(floors) == 4


def test_rows_are_the_metrics_and_their_means(data):
    real, other = sets(data, "r"), sets(data, "o", factor=2.0)
    again = sets(data, "a")
    compared = Comparisons([[Comparison(real, again, real)]] * 3,
                           {"g": [[Comparison(real, other, real)]]}, None)
    rows = metric_rows(compared, list(STATIONS), seed=0)
    value = {(r["metric"], r["station"]): r["value"] for r in rows}
    assert value["pga_bias", "XX.A"] == pytest.approx(0, abs=1e-5)
    assert value["pga_bias", "XX.B"] == pytest.approx(np.log(2), abs=1e-5)
    assert value["pga_bias", "all"] == pytest.approx(np.log(2) / 2, abs=1e-5)
    assert value["hvsr_rms", "all"] == pytest.approx(0, abs=1e-4)
    # what is not known of any record is no question
    assert not [r for r in rows if r["question"] == "Conditioning"]
    # metrics of the network have one row
    assert [r["station"] for r in rows if r["metric"] == "specificity"] == ["all"]


def test_settings():
    assert settings_of(AXES, np.int64(3), 8, "how")["seed"] == 3
    assert settings_of(AXES, 3, 8, "how") == {
        "seed": 3, "repeats": 8, "compared": "how", "sampling_rate": 50.0, "window": 40.0,
        "freqmin": 0.25, "freqmax": 20.0}
