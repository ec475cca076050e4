"""TNGGenerator: fitted, resumed, saved and loaded."""

import json

import numpy as np
import pytest
import torch

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.exceptions import (
    TNGCheckpointError,
    TNGInputError,
    TNGWarning,
)
from obspy_tng.records.record import record_to_array

from .small_generator import QUICK, arrays


def test_save_and_load(fitted, station, tmp_path):
    fitted.save(tmp_path / "model")
    again = TNGGenerator.load(tmp_path / "model", device="cpu")
    assert again.stations == fitted.stations
    assert again.model_hash == fitted.model_hash
    np.testing.assert_array_equal(arrays(again.generate(station, n=3, seed=9)),
                                  arrays(fitted.generate(station, n=3, seed=9)))
    for st, other in zip(again.generate(station, 1, seed=1), fitted.generate(station, 1, seed=1),
                         strict=True):
        assert st[0].stats.tng == other[0].stats.tng
    assert again.inventory.get_contents() == fitted.inventory.get_contents()
    modes = {path.name: path.stat().st_mode for path in (tmp_path / "model").iterdir()}
    assert set(modes.values()) == {modes["model.json"]}  # as readable as the umask allows


@pytest.mark.parametrize("damage", ["bank", "infos", "architecture", "foreign"])
def test_tampered_models(fitted, tmp_path, damage):
    fitted.save(tmp_path / "m")
    path = tmp_path / "m" / "model.json"
    content = json.loads(path.read_text())
    if damage == "bank":
        (tmp_path / "m" / "bank.safetensors").write_bytes(b"12345678")
    elif damage == "infos":
        content["infos"] = {k: v[:-1] for k, v in content["infos"].items()}
    elif damage == "architecture":
        content["architecture"] = "unknown"
    else:
        content = {"some": "other json"}
    path.write_text(json.dumps(content))
    with pytest.raises(TNGCheckpointError):
        TNGGenerator.load(tmp_path / "m")


def test_enrol_without_training(fitted, network, tmp_path):
    fitted.save(tmp_path / "m")
    gen = TNGGenerator.load(tmp_path / "m", device="cpu")
    other = simulate_network(n_stations=1, n_events=5, seed=77, sampling_rate=50.0, window=40.0,
                             network="NW")
    gen.enroll(other.records, inventory=other.inventory)
    (new,) = set(gen.stations) - set(fitted.stations)
    assert gen.stations[new] == 5
    assert len(gen.generate(new, n=2, seed=0)) == 2
    assert gen.model_hash == fitted.model_hash
    with pytest.warns(TNGWarning, match="enrolled already"):
        gen.enroll(other.records[:1])
    assert gen.stations[new] == 5


def test_resume_after_a_kill_ends_with_the_same_weights(network, tmp_path, monkeypatch):
    """A run stopped in either phase and started again equals one that was not."""
    settings = {"epochs": 3, "finetune_epochs": 2, "batch_size": 4}
    whole = TNGGenerator(50.0, 40.0, "released", training=settings, device="cpu").fit(
        network.records[:12], progress=False)
    for stop_after in (2, 4):
        path = tmp_path / f"stop{stop_after}.pt"
        import obspy_tng.training.trainer as trainer
        save, count = trainer.Trainer._save, [0]

        def killing(self, content, save=save, count=count, stop=stop_after):
            save(self, content)
            count[0] += 1
            if count[0] == stop:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(trainer.Trainer, "_save", killing)
            with pytest.raises(KeyboardInterrupt):
                TNGGenerator(50.0, 40.0, "released", training=settings, device="cpu").fit(
                    network.records[:12], checkpoint=path, progress=False)
        resumed = TNGGenerator(50.0, 40.0, "released", training=settings, device="cpu").fit(
            network.records[:12], checkpoint=path, progress=False)
        assert resumed.model_hash == whole.model_hash
        assert resumed.history == whole.history
    with pytest.raises(TNGCheckpointError, match="other settings"):
        TNGGenerator(50.0, 40.0, "released", training=settings, device="cpu").fit(
            network.records[:11], checkpoint=path, progress=False)


def test_training_does_not_touch_the_callers_random_state(network):
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    TNGGenerator(50.0, 40.0, "released", training=QUICK, device="cpu").fit(
        network.records[:4], progress=False)
    assert torch.equal(torch.rand(1), expected)


def test_streams_are_not_changed(network):
    before = network.records[0].copy()
    TNGGenerator(50.0, 40.0, "released", training=QUICK, device="cpu").fit(
        network.records[:4], progress=False)
    assert network.records[0] == before


@pytest.mark.parametrize(("kwargs", "word"), [
    ({"sampling_rate": 0}, "sampling_rate"), ({"window": -1}, "window"),
    ({"architecture": "gan"}, "architecture"), ({"size": "huge"}, "size"),
    ({"size": {"depth": 3}}, "size"), ({"training": {"epoch": 3}}, "epoch"),
    ({"seed": -3}, "seed"), ({"device": "gpu"}, "device")])
def test_bad_constructor_arguments(kwargs, word):
    with pytest.raises(TNGInputError, match=word):
        TNGGenerator(**kwargs)


@pytest.mark.parametrize("device", ["meta", "xla", b"gpu"])
def test_devices_without_numbers(device):
    with pytest.raises(TNGInputError, match=r"device=b?'"):
        TNGGenerator(20.0, 20.0, device=device)


@pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is here")
def test_cuda_asked_for_and_absent():
    with pytest.raises(TNGInputError, match="CUDA"):
        TNGGenerator(device="cuda")


def test_read_only_folder(fitted, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("obspy_tng.models.checkpoint.tempfile.mkdtemp", refuse)
    with pytest.raises(TNGInputError, match="Permission denied"):
        fitted.save(tmp_path / "m")


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cpu_against_cuda(fitted, network, station, tmp_path):
    fitted.save(tmp_path / "m")
    gpu = TNGGenerator.load(tmp_path / "m", device="cuda")
    np.testing.assert_array_equal(arrays(gpu.generate(station, n=2, seed=0)),
                                  arrays(fitted.generate(station, n=2, seed=0)))
    a = record_to_array(gpu.reconstruct(network.records[0]))
    b = record_to_array(fitted.reconstruct(network.records[0]))
    np.testing.assert_allclose(a, b, atol=1e-4 * np.abs(b).max())


@pytest.fixture(scope="module")
def region():
    network = simulate_network(2, 7, seed=1, sampling_rate=50.0, window=40.0)
    return TNGGenerator(50.0, 40.0, device="cpu").enroll(network.records)


def test_a_site_without_records(region, tmp_path):
    soft, hard = ("XX.SOFT", {"vs30": 200.0}), ("XX.HARD", {"vs30": 900.0})
    for name, site in (soft, hard):
        assert region.enroll_site(name, **site) is region
    assert region.stations["XX.SOFT"] == 0
    assert {"SOFT", "HARD"} <= {s.code for n in region.inventory for s in n}
    drawn = {name: region.generate(name, 6, seed=0, magnitude=6.0, distance=40.0)
             for name, _ in (soft, hard)}
    energy = {name: np.log(np.square(arrays(records)[:, 1:]).sum((1, 2))).mean()
              for name, records in drawn.items()}
    assert energy["XX.SOFT"] > energy["XX.HARD"]
    tng = drawn["XX.SOFT"][0][0].stats.tng
    known = region.generate("SM.S001", 1, seed=0, magnitude=6.0, distance=40.0)[0][0].stats.tng
    assert (tng.enrolled, tng.vs30) == (0, 200.0)
    assert tng.station_sd > 2 * known.station_sd
    assert all(source.startswith("SM.") for source in tng.sources)
    region.save(tmp_path / "m")
    again = TNGGenerator.load(tmp_path / "m", device="cpu")
    assert again.stations == region.stations
    np.testing.assert_array_equal(
        arrays(again.generate("XX.HARD", 1, seed=3, magnitude=6.0, distance=40.0)),
        arrays(region.generate("XX.HARD", 1, seed=3, magnitude=6.0, distance=40.0)))


def test_sites_that_cannot_be_used(region):
    with pytest.raises(TNGInputError, match=r"nothing is known of the ground at XX\.A"):
        region.enroll_site("XX.A")
    with pytest.raises(TNGInputError, match="vs30"):
        region.enroll_site("XX.A", vs30=-1.0)
    with pytest.raises(TypeError, match="inventory must be an obspy Inventory"):
        region.enroll_site("XX.A", f0=1.0, inventory="stations.xml")
    with pytest.raises(TNGInputError, match="conditional"):
        TNGGenerator(50.0, 40.0, "conditional").enroll_site("XX.A", f0=1.0)
    alone = TNGGenerator(50.0, 40.0, device="cpu").enroll_site("XX.A", f0=1.0)
    with pytest.raises(TNGInputError, match="call enroll"):
        alone.generate("XX.A", magnitude=6.0, distance=40.0)
    region.enroll_site("XX.B", f0=1.0)
    with pytest.raises(TNGInputError, match="give magnitude and distance"):
        region.generate("XX.B")
    with pytest.raises(TNGInputError, match="source records of other"):
        region.generate("XX.B", sampler="posterior", magnitude=6.0, distance=40.0)


def test_without_sites_nothing_changes(region):
    before = arrays(region.generate("SM.S001", 2, seed=5))
    region.enroll_site("XX.C", f0=2.0)
    np.testing.assert_array_equal(before, arrays(region.generate("SM.S001", 2, seed=5)))
