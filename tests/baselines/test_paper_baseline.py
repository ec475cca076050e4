"""The baseline through its public face: same interface, same record length and number."""

import numpy as np
import pytest

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.baselines import SpectrogramCVAE
from obspy_tng.exceptions import TNGInputError
from obspy_tng.models.losses import active_units
from obspy_tng.records.record import record_to_array

SIZE = {"nfft": 256, "hop": 64, "channels": 8, "layers": 3, "z_dim": 16, "station_dim": 4}


@pytest.fixture(scope="module")
def network():
    return simulate_network(n_stations=2, n_events=16, seed=5, sampling_rate=50.0, window=40.0,
                            f0=[0.8, 5.0])


@pytest.fixture(scope="module")
def fitted(network):
    return SpectrogramCVAE(50.0, 40.0, size=SIZE, device="cpu", training={
        "epochs": 15, "finetune_epochs": 5, "learning_rate": 3e-3, "patience": None}).fit(
            network.records, inventory=network.inventory, progress=False)


def arrays(streams):
    return np.array([[tr.data for tr in st] for st in streams]).astype(float)


@pytest.mark.parametrize("options", [{}, {"sampler": "prior"},
                                     {"phase": "griffin_lim", "iterations": 4}])
def test_records_reproducible_and_independent_of_n(fitted, options):
    many = fitted.generate("SM.S001", n=4, seed=1, **options)
    assert [tr.stats.channel for tr in many[0]] == ["BXZ", "BXN", "BXE"]
    assert record_to_array(many[0], 50.0, 2000).shape == (3, 2000)
    np.testing.assert_array_equal(arrays(many)[:2],
                                  arrays(fitted.generate("SM.S001", n=2, seed=1, **options)))
    assert many[0][0].stats.tng.generator == "spectrogram VAE"
    assert many[0][0].stats.tng.get("phase", "decoded") == options.get("phase", "decoded")


def test_learns_spectra_but_not_phases(fitted):
    first, last = fitted.history[0], fitted.history[-1]
    assert last["amplitude"] < 0.5 * first["amplitude"]
    assert last["phase_error"] > 0.7  # 1 is chance
    mu = np.concatenate([e.arrays["mu"] for e in fitted.bank.values()])
    assert active_units(mu) >= 8


def test_save_load_enroll(fitted, network, tmp_path):
    fitted.save(tmp_path / "vae")
    again = SpectrogramCVAE.load(tmp_path / "vae", device="cpu")
    assert again.name == "spectrogram VAE"
    assert TNGGenerator.load(tmp_path / "vae", device="cpu").architecture == "spectrogram"
    np.testing.assert_array_equal(arrays(again.generate("SM.S002", n=2, seed=3)),
                                  arrays(fitted.generate("SM.S002", n=2, seed=3)))
    other = simulate_network(n_stations=1, n_events=3, seed=8, sampling_rate=50.0, window=40.0,
                             network="NW")
    again.enroll(other.records)
    assert len(again.generate("NW.S001", n=2, seed=0)) == 2
    assert again.reconstruct(network.records[0])[0].stats.npts == 2000


@pytest.mark.parametrize(("options", "word"), [
    ({"phase": "random"}, "phase"), ({"phase": "griffin_lim", "iterations": 0}, "iterations"),
    ({"sampler": "mean"}, "sampler")])
def test_bad_options(fitted, options, word):
    with pytest.raises(TNGInputError, match=word):
        fitted.generate("SM.S001", n=1, **options)
    with pytest.raises(TNGInputError, match="nfft"):
        SpectrogramCVAE(50.0, 4.0)
