"""
Models on disk keep loading, and generate what they did when they were saved.

``tests/data/saved`` has one small model per architecture, written by the package before its
modules moved (commit 928e9bd), and in ``drawn.npz`` what they generated then.
"""

from pathlib import Path

import numpy as np
import pytest

from obspy_tng import TNGGenerator, simulate_network

SAVED = Path(__file__).resolve().parent / "data" / "saved"


@pytest.fixture(scope="module")
def drawn():
    with np.load(SAVED / "drawn.npz", allow_pickle=False) as arrays:
        return dict(arrays)


def samples(streams):
    return np.stack([[tr.data for tr in st] for st in streams])


@pytest.mark.parametrize("architecture", ["released", "conditional", "tng"])
def test_saved_models_load(architecture, drawn):
    gen = TNGGenerator.load(SAVED / architecture, device="cpu")
    assert gen.architecture == architecture
    assert gen.model_hash == str(drawn[f"{architecture}_hash"])
    assert gen.stations == {"SM.S001": 3, "SM.S002": 3}


def test_released_generates_the_same_bits(drawn):
    """Drawing needs the bank and double precision alone: the same samples everywhere."""
    gen = TNGGenerator.load(SAVED / "released", device="cpu")
    np.testing.assert_array_equal(samples(gen.generate("SM.S001", 2, seed=7)),
                                  drawn["released"])
    assert "S002" in gen.inventory.get_contents()["stations"][1]


def test_conditional_generates_the_same_records(drawn):
    """The last digits of a convolution in single precision depend on the processor."""
    gen = TNGGenerator.load(SAVED / "conditional", device="cpu")
    np.testing.assert_allclose(samples(gen.generate("SM.S001", 2, seed=7)),
                               drawn["conditional"],
                               atol=1e-5 * np.abs(drawn["conditional"]).max(), rtol=0)


def test_tng_generates_alike(drawn):
    """
    Its models of ground motion may get better; level and scatter of records stay near. (Since a
    region's term has a wide prior, the three weak records of this station count for more.)
    """
    gen = TNGGenerator.load(SAVED / "tng", device="cpu")
    ln_std = np.log(samples(gen.generate("SM.S001", 60, seed=8, magnitude=5.5, distance=40.0))
                    .std(-1))
    mean, scatter = drawn["tng_ln_std"]
    np.testing.assert_allclose(ln_std.mean(0), mean, atol=1.0)
    assert np.abs(np.log(ln_std.std(0) / scatter)).max() < np.log(1.6)


def test_shipped_weights_load():
    """Identity of the weights in the package, and a record of a known station from them."""
    network = simulate_network(1, 3, seed=1, sampling_rate=50.0, window=40.0)
    gen = TNGGenerator.from_pretrained("tng-small", sampling_rate=50.0, window=40.0, device="cpu")
    assert gen.model_hash == "8eeadd5705843a52"
    gen.enroll(network.records)
    real = np.log([np.std([tr.data for tr in record]) for record in network.records])
    ours = np.log([np.std([tr.data for tr in st])
                   for st in gen.generate_like("SM.S001", network.records, 30, seed=0)])
    assert abs(ours.mean() - real.mean()) < 0.7
