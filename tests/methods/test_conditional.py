"""architecture="conditional" through TNGGenerator: what must hold for any, and what is its own."""

import numpy as np
import pytest

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.exceptions import TNGInputError
from obspy_tng.models.losses import active_units
from obspy_tng.records.record import record_to_array, station_id

SIZE = {"d_model": 8, "d_ff": 8, "e_layers": 1, "d_layers": 1, "num_kernels": 2, "top_k": 1,
        "z_dim": 8, "station_dim": 3}
QUICK = {"epochs": 2, "finetune_epochs": 2}


@pytest.fixture(scope="module")
def network():
    return simulate_network(n_stations=3, n_events=10, seed=5, sampling_rate=50.0, window=40.0)


@pytest.fixture(scope="module")
def fitted(network):
    return TNGGenerator(50.0, 40.0, "conditional", size=SIZE, training=QUICK, device="cpu").fit(
        network.records, inventory=network.inventory, progress=False)


def arrays(streams):
    return np.array([[tr.data for tr in st] for st in streams]).astype(float)


@pytest.mark.parametrize("options", [{}, {"sampler": "prior"}, {"sampler": "dirichlet", "k": 3},
                                     {"amplitudes": "paper"}])
def test_same_seed_same_streams_and_realizations_do_not_depend_on_n(fitted, options):
    many = arrays(fitted.generate("SM.S001", n=5, seed=1, **options))
    few = arrays(fitted.generate("SM.S001", n=2, seed=1, **options))
    np.testing.assert_array_equal(many[:2], few)
    other = arrays(fitted.generate("SM.S001", n=2, seed=2, **options))
    assert not np.array_equal(few, other)
    assert np.isfinite(many).all()


def test_provenance(fitted):
    tng = fitted.generate("SM.S002", n=1, seed=1)[0][0].stats.tng
    assert tng.generator == "tng-conditional"
    assert (tng.sampler, tng.weights, len(tng.sources)) == ("posterior", [1.0], 1)
    assert tng.sources[0].startswith("SM.S002")
    mixed = fitted.generate("SM.S002", n=1, seed=1, sampler="dirichlet", k=4)[0][0].stats.tng
    assert len(mixed.sources) == 4
    assert sum(mixed.weights) == pytest.approx(1, abs=1e-4)
    assert fitted.generate("SM.S002", n=1, seed=1, sampler="prior")[0][0].stats.tng.sources == []


def test_levels_follow_the_station_and_the_earthquake(fitted, network):
    real = np.log([record_to_array(r).std(-1) for r in network.records
                   if station_id(r) == "SM.S001"])
    ours = np.log(arrays(fitted.generate("SM.S001", n=100, seed=0)).std(-1))
    assert np.abs(ours.mean(0) - real.mean(0)).max() < 4 * real.std(0).max() / 10 + 0.05
    small, large = (arrays(fitted.generate("SM.S001", n=20, seed=0, magnitude=m, distance=r))
                    for m, r in ((4.0, 100.0), (6.5, 20.0)))
    assert np.log(large.std(-1) / small.std(-1)).mean() > 1.5


def test_component_ratios_are_those_of_the_source(fitted):
    """Drawn apart from the waveform, the ratios would add their scatter to that of HVSR."""
    kept = fitted.bank["SM.S001"]
    for st in fitted.generate("SM.S001", n=5, seed=0):
        source = [i["record_id"] for i in kept.infos].index(st[0].stats.tng.sources[0])
        ratios = kept.arrays["stdev"][source] / kept.arrays["stdev"][source][0]
        ours = np.array([tr.data.std() for tr in st])
        np.testing.assert_allclose(ours / ours[0], ratios, rtol=0.05)


def test_records_of_one_source_differ(fitted):
    """The noise is drawn for every record; with one learned table they were alike (0.99)."""
    streams = fitted.generate("SM.S001", n=30, seed=0)
    by_source = {}
    for st in streams:
        by_source.setdefault(st[0].stats.tng.sources[0], []).append(st[1].data)
    pairs = [np.corrcoef(group[0], group[1])[0, 1] for group in by_source.values()
             if len(group) > 1]
    assert len(pairs) > 3
    assert np.abs(pairs).max() < 0.5


def test_bank_is_a_bottleneck(fitted):
    kept = fitted.bank["SM.S001"].arrays
    assert {k: a.shape for k, a in kept.items()} == {
        "mu": (10, 8), "logvar": (10, 8), "mean": (10, 3), "stdev": (10, 3)}


def test_save_and_load(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    again = TNGGenerator.load(tmp_path / "model", device="cpu")
    assert again.stations == fitted.stations
    assert again.model_hash == fitted.model_hash
    assert again.model.config == fitted.model.config
    for sampler in ("posterior", "prior"):
        np.testing.assert_array_equal(
            arrays(again.generate("SM.S003", n=2, seed=9, sampler=sampler)),
            arrays(fitted.generate("SM.S003", n=2, seed=9, sampler=sampler)))


def test_reconstruct(fitted, network):
    st = fitted.reconstruct(network.records[0])
    real = record_to_array(network.records[0])
    ours = record_to_array(st)
    assert np.isfinite(ours).all()
    assert st[0].stats.location == "SY"
    assert ours.shape == real.shape
    np.testing.assert_array_equal(ours, record_to_array(fitted.reconstruct(network.records[0])))


def test_a_station_added_later_needs_no_training(fitted, network, tmp_path):
    """It gets the code zero; its own are its posteriors and its levels."""
    fitted.save(tmp_path / "m")
    gen = TNGGenerator.load(tmp_path / "m", device="cpu")
    other = simulate_network(n_stations=1, n_events=5, seed=77, sampling_rate=50.0, window=40.0,
                             network="NW")
    gen.enroll(other.records)
    assert gen.model_hash == fitted.model_hash
    assert gen.model.config.stations == ("SM.S001", "SM.S002", "SM.S003")  # no code for NW.S001
    assert len(gen.generate("NW.S001", n=2, seed=0)) == 2
    np.testing.assert_array_equal(arrays(gen.generate("SM.S001", n=1, seed=0, amplitudes="paper")),
                                  arrays(fitted.generate("SM.S001", n=1, seed=0,
                                                         amplitudes="paper")))


def test_training_defaults_are_those_of_the_architecture():
    gen = TNGGenerator(50.0, 40.0, "conditional", size=SIZE, training={"epochs": 2})
    assert (gen.training.learning_rate, gen.training.epochs) == (3e-3, 2)
    gen = TNGGenerator(50.0, 40.0, "conditional", size=SIZE, training={"learning_rate": 0.5})
    assert gen.training.learning_rate == 0.5
    assert TNGGenerator(50.0, 40.0, "released").training.learning_rate == 1e-2


def test_targets_get_codes_and_all_stations_pre_train(network):
    gen = TNGGenerator(50.0, 40.0, "conditional", size=SIZE, training=QUICK, device="cpu")
    gen.fit(network.records, targets=["SM.S002"], progress=False)
    assert gen.model.config.stations == ("SM.S002",)
    assert set(gen.stations) == {"SM.S001", "SM.S002", "SM.S003"}
    assert [row["phase"] for row in gen.history] == ["reconstruct"] * 2 + ["condition"] * 2


def test_divergence_does_not_collapse(network):
    """The bottleneck is in use: most of its dimensions differ from record to record."""
    gen = TNGGenerator(50.0, 40.0, "conditional", size=SIZE, device="cpu", training={
        "epochs": 15, "finetune_epochs": 5, "learning_rate": 5e-3, "validation": 0})
    gen.fit(network.records, progress=False)
    mu = np.concatenate([e.arrays["mu"] for e in gen.bank.values()])
    assert active_units(mu) >= 4
    assert gen.history[-1]["kl"] > 1
    assert gen.history[-1]["spectral"] < 0.85 * gen.history[0]["spectral"]
    first, second = (arrays(gen.generate("SM.S001", n=1, seed=s)) for s in (0, 1))
    assert np.abs(first / first.std() - second / second.std()).max() > 0.1


@pytest.mark.parametrize(("options", "word"), [
    ({"sampler": "mean"}, "sampler"), ({"k": 3}, "dirichlet"), ({"alpha": 1.0}, "dirichlet"),
    ({"amplitudes": "gal"}, "amplitudes"), ({"sampler": "dirichlet", "k": 11}, "k must")])
def test_bad_options(fitted, options, word):
    with pytest.raises(TNGInputError, match=word):
        fitted.generate("SM.S001", n=1, **options)
    with pytest.raises(TypeError, match="phase"):
        fitted.generate("SM.S001", n=1, phase="griffin_lim")


@pytest.mark.parametrize("size", ["huge", {"depth": 3}, {"z_dim": 0}])
def test_bad_sizes(size):
    with pytest.raises(TNGInputError, match=r"size|z_dim"):
        TNGGenerator(architecture="conditional", size=size)
