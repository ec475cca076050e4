"""TNGGenerator from records to Streams: reproducible, saved and loaded, honest about errors."""

import io
import json

import numpy as np
import obspy
import pytest
import torch

import obspy_tng
from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.baselines import ResampledReal
from obspy_tng.exceptions import (
    TNGCheckpointError,
    TNGException,
    TNGInputError,
    TNGWarning,
)
from obspy_tng.records.folder import write_records
from obspy_tng.records.record import record_to_array, synthetic_record
from obspy_tng.records.sds import write_sds
from obspy_tng.signal import integrate
from obspy_tng.training.memmap import write_store

QUICK = {"epochs": 2, "finetune_epochs": 1}


@pytest.fixture(scope="module")
def network():
    return simulate_network(n_stations=3, n_events=10, seed=5, sampling_rate=50.0, window=40.0)


@pytest.fixture(scope="module")
def fitted(network):
    return TNGGenerator(50.0, 40.0, "released", training=QUICK, device="cpu").fit(
        network.records, inventory=network.inventory, progress=False)


@pytest.fixture(scope="module")
def station(fitted):
    return next(iter(fitted.stations))


def arrays(streams):
    return np.array([[tr.data for tr in st] for st in streams])


def test_generated_records_are_records(fitted, station):
    streams = fitted.generate(station, n=4, seed=3)
    assert fitted.stations == dict.fromkeys(fitted.stations, 10)
    for i, st in enumerate(streams):
        assert [tr.stats.channel for tr in st] == ["BXZ", "BXN", "BXE"]
        assert {tr.stats.location for tr in st} == {"SY"}
        data = record_to_array(st, 50.0, 2000)
        assert np.isfinite(data).all()
        tng = st[0].stats.tng
        assert (tng.realization, tng.seed, tng.units, tng.source) == (i, 3, "m/s^2", "generated")
        assert tng.model == fitted.model_hash
        assert len(tng.sources) == 5
        if i:
            assert st[0].stats.starttime > streams[i - 1][0].stats.endtime


def test_generate_like_asks_for_the_earthquakes_of_records(network, fitted, station):
    like = network.records[:3]
    like[1] = like[1].copy()
    for tr in like[1]:
        del tr.stats.tng["distance"]
    streams = fitted.generate_like(station, like, 5, seed=4)
    asked = [(r[0].stats.tng.magnitude, r[0].stats.tng.distance) for r in (like[0], like[2])]
    assert [(st[0].stats.tng.magnitude, st[0].stats.tng.distance) for st in streams] == [
        asked[0], (None, None), asked[1], asked[0], (None, None)]
    alone = fitted.generate(station, 1, seed=4, first=3, magnitude=asked[0][0],
                            distance=asked[0][1], depth=like[0][0].stats.tng.depth)
    np.testing.assert_array_equal(arrays(alone)[0], arrays(streams)[3])
    assert len(fitted.generate_like(station, like, seed=4)) == 3
    assert fitted.generate_like(station, like, 0) == []
    for bad, n in (([], 1), (like, -1), (like, True)):
        with pytest.raises(TNGInputError):
            fitted.generate_like(station, bad, n)


def test_same_seed_same_streams_and_realizations_do_not_depend_on_n(fitted, station):
    many, few = fitted.generate(station, n=6, seed=1), fitted.generate(station, n=2, seed=1)
    np.testing.assert_array_equal(arrays(many)[:2], arrays(few))
    assert not np.array_equal(arrays(few), arrays(fitted.generate(station, n=2, seed=2)))
    drawn = fitted.generate(station, n=1)
    again = fitted.generate(station, n=1, seed=drawn[0][0].stats.tng.seed)
    np.testing.assert_array_equal(arrays(drawn), arrays(again))


def test_generated_records_end_at_rest(fitted, station):
    for data in arrays(fitted.generate(station, n=5, seed=0)).astype(float):
        velocity = integrate(data, 50.0)
        displacement = integrate(velocity, 50.0)
        assert (np.abs(velocity[:, -1]) <= 1e-3 * np.abs(velocity).max(-1)).all()
        assert (np.abs(displacement[:, -1]) <= 1e-2 * np.abs(displacement).max(-1)).all()


def test_levels_follow_the_station(fitted, network, station):
    """Mean and spread of ln level are the station's own; the paper's formula loses both."""
    real = np.log([record_to_array(r).std(-1) for r in network.records
                   if obspy_tng.records.record.station_id(r) == station])
    ours = np.log(arrays(fitted.generate(station, n=300, seed=0)).std(-1))
    paper = np.log(arrays(fitted.generate(station, n=300, seed=0, amplitudes="paper")).std(-1))
    assert np.abs(ours.mean(0) - real.mean(0)).max() < 4 * real.std(0).max() / np.sqrt(300) + 0.05
    assert 0.7 < (ours.std(0) / real.std(0)).mean() < 1.3
    assert (paper.std(0) / real.std(0)).mean() < 0.7


def test_paper_mode_has_the_faults_of_averages(fitted, network):
    """
    Weak by sqrt(sum w^2) = 0.447, amplitudes and durations that hardly vary, records too
    alike; and a specificity score that sees none of it.
    """
    real = obspy_tng.records.record.group_by_station(network.records)
    drawn = {s: fitted.generate(s, n=40, seed=0, amplitudes="paper") for s in real}
    for station, streams in drawn.items():
        kept = fitted.bank[station].arrays
        single = (kept["stdev"] * kept["recon"].std(-1)).mean(0)
        np.testing.assert_allclose(arrays(streams).std(-1).mean(0) / single, 0.447, atol=0.12)
    with pytest.warns(TNGWarning, match="also among the records that the generator had"):
        result = obspy_tng.evaluate(real, {"paper": drawn, "the records": real}, seed=0)
    for metric in ("pga_spread", "d5_95_spread", "husid_sd_ratio"):
        assert result.value(metric, "paper") < 0.6
    assert result.value("pga_bias", "paper") < -0.3
    assert result.value("d5_95_bias", "paper") > 0.2
    assert result.value("diversity", "paper") > result.value("diversity", "the records") + 0.1
    assert result.value("specificity", "paper") > 0.9


def test_paper_mixture_is_the_decoded_mean_of_latents(fitted, network, station):
    """The small bank gives what decoding the mean latent gives."""
    from obspy_tng.methods.released import ReleasedMethod

    st = fitted.generate(station, n=1, seed=4, amplitudes="paper")[0]
    by_id = {r[0].stats.tng.record_id: r for r in network.records}
    data = np.stack([record_to_array(by_id[i]) for i in st[0].stats.tng.sources])
    with torch.no_grad():
        kept = fitted.model.encode(torch.as_tensor(ReleasedMethod._to_model(data)))
        decoded = fitted.model.decode(*(t.mean(0, keepdim=True) for t in kept))[0].numpy()
    expected = decoded.T[::-1] / 100
    np.testing.assert_allclose(arrays([st])[0], expected, atol=1e-5 * np.abs(expected).max())


def test_bank_is_small(fitted, station):
    kept = sum(a.nbytes for a in fitted.bank[station].arrays.values())
    published = 10 * (fitted.npts * 128 + 6) * 4  # latents of the published size, float32
    assert kept <= 0.03 * published


def test_dirichlet(fitted, station):
    st = fitted.generate(station, n=3, seed=0, sampler="dirichlet", alpha=0.4)
    assert abs(sum(st[0][0].stats.tng.weights) - 1) < 1e-4
    with pytest.raises(TNGInputError, match="alpha"):
        fitted.generate(station, sampler="dirichlet", alpha=-1)


def test_magnitude_and_distance_shift_the_level(fitted, station):
    small = arrays(fitted.generate(station, n=50, seed=0, magnitude=4.0, distance=100.0))
    large = arrays(fitted.generate(station, n=50, seed=0, magnitude=6.5, distance=20.0))
    assert np.log(large.std(-1) / small.std(-1)).mean() > 1.5
    with pytest.raises(TNGInputError, match="together"):
        fitted.generate(station, magnitude=6.0)
    with pytest.raises(TNGInputError, match="magnitude"):
        fitted.generate(station, magnitude=60.0, distance=10.0)


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


def test_overfits_eight_records(network):
    """The network can learn: 8 records to 5 % relative error."""
    gen = TNGGenerator(50.0, 40.0, "released", device="cpu", training={
        "epochs": 300, "finetune_epochs": 0, "learning_rate": 1e-2, "validation": 0,
        "batch_size": 8}, size={"d_model": 16, "d_ff": 8, "e_layers": 1, "num_kernels": 2,
                                "top_k": 1, "dropout": 0.0, "position_std": 0.02})
    gen.fit(network.records[:8], progress=False)
    x = np.stack([record_to_array(r) for r in network.records[:8]])
    y = np.stack([record_to_array(gen.reconstruct(r)) for r in network.records[:8]])
    assert np.median(np.linalg.norm(y - x, axis=(1, 2)) / np.linalg.norm(x, axis=(1, 2))) <= 0.05


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


def test_written_and_read(fitted, station, tmp_path):
    """All realizations fit into one MiniSEED file; StationXML says what the samples are."""
    streams = fitted.generate(station, n=5, seed=0)
    total = sum(streams, obspy.Stream())
    total.write(tmp_path / "g.mseed", format="MSEED")
    back = obspy.read(tmp_path / "g.mseed", format="MSEED")
    back.merge(-1)
    assert len(back) == 15
    for tr in back.select(channel="*Z"):
        match = [st[0] for st in streams if st[0].stats.starttime == tr.stats.starttime]
        np.testing.assert_array_equal(tr.data, match[0].data)
    buffer = io.BytesIO()
    fitted.inventory.write(buffer, format="STATIONXML", validate=True)
    buffer.seek(0)
    inventory = obspy.read_inventory(buffer)
    corrected = streams[0].copy().remove_sensitivity(inventory)
    np.testing.assert_allclose(corrected[0].data, streams[0][0].data, rtol=1e-6)


def test_from_published(fitted, station, tmp_path):
    """The paper's files: weights, and a bank of latents in gal with components E, N, U."""
    state = fitted.model.state_dict()
    torch.save({"model_state_dict": state}, tmp_path / "c.pth")
    x = torch.randn(6, fitted.npts, 3).cumsum(1)
    with torch.no_grad():
        latents, means, stdev = fitted.model.encode(x)
    np.savez(tmp_path / "bank.npz", latents_4628=latents, means_4628=means, stdev_4628=stdev)
    gen = TNGGenerator.from_published(tmp_path / "c.pth", tmp_path / "bank.npz",
                                      sampling_rate=50.0, device="cpu")
    assert gen.stations == {"TK.4628": 6}
    st = gen.generate("TK.4628", n=1, seed=0, k=6, amplitudes="paper")[0]
    with torch.no_grad():
        expected = fitted.model.decode(latents.mean(0), means.mean(0), stdev.mean(0)).numpy() / 100
    for tr, column in zip(st, (2, 1, 0), strict=True):
        np.testing.assert_allclose(tr.data, expected[:, column],
                                   atol=1e-5 * np.abs(expected).max())


# -- bad input ----------------------------------------------------------------


@pytest.mark.parametrize(("kwargs", "word"), [
    ({"n": -1}, "n must"), ({"n": 1.5}, "n must"), ({"seed": -1}, "seed"),
    ({"k": 11}, "k must"), ({"k": 0}, "k must"), ({"sampler": "median"}, "sampler"),
    ({"amplitudes": "gal"}, "amplitudes"), ({"distance": -1.0, "magnitude": 5}, "distance"),
    ({"alpha": 1.0}, "alpha")])
def test_bad_generate_arguments(fitted, station, kwargs, word):
    with pytest.raises(TNGInputError, match=word):
        fitted.generate(station, **{"n": 1, **kwargs})


def test_unknown_station_and_keyword(fitted, station):
    with pytest.raises(TNGInputError, match=r"XX\.NONE.*enrolled: "):
        fitted.generate("XX.NONE")
    with pytest.raises(TypeError, match=r"generate\(\): unknown options \['colour'\]; .*'sampler'"):
        fitted.generate(station, colour="red")
    assert fitted.generate(station, n=0) == []


@pytest.mark.parametrize(("kwargs", "word"), [
    ({"sampling_rate": 0}, "sampling_rate"), ({"window": -1}, "window"),
    ({"architecture": "gan"}, "architecture"), ({"size": "huge"}, "size"),
    ({"size": {"depth": 3}}, "size"), ({"training": {"epoch": 3}}, "epoch"),
    ({"seed": -3}, "seed"), ({"device": "gpu"}, "device")])
def test_bad_constructor_arguments(kwargs, word):
    with pytest.raises(TNGInputError, match=word):
        TNGGenerator(**kwargs)


@pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is here")
def test_cuda_asked_for_and_absent():
    with pytest.raises(TNGInputError, match="CUDA"):
        TNGGenerator(device="cuda")


def damaged(record, how):
    st = record.copy()
    if how == "missing component":
        st.pop(1)
    elif how == "NaN":
        st[0].data[5] = np.nan
    elif how == "zero":
        st[2].data[:] = 0
    elif how == "constant":
        st[2].data[:] = 3.0
    elif how == "npts":
        st[1].data = st[1].data[:-1]
    elif how == "rate":
        for tr in st:
            tr.stats.sampling_rate = 100.0
    elif how == "one rate":
        st[0].resample(100.0)  # npts differ as well
    elif how == "no codes":
        for tr in st:
            tr.stats.channel = ""
    elif how == "short":
        for tr in st:
            tr.data = tr.data[:100]
    elif how == "masked":
        st[0].data = np.ma.masked_greater(st[0].data, 0)
    elif how == "gap":
        first, second = st[0].copy(), st[0].copy()
        st[0].data = first.data[:500]
        second.data = second.data[600:]
        second.stats.starttime += 12
        st.append(second)
    elif how == "units":
        st[0].stats.tng.units = "gal"
    elif how == "two stations":
        st[0].stats.station = "OTHER"
    return st


@pytest.mark.parametrize("how", ["missing component", "NaN", "zero", "constant", "npts", "rate",
                                 "one rate", "short", "masked", "gap", "units", "two stations",
                                 "no codes"])
def test_bad_records(fitted, network, how):
    before = fitted.stations
    fresh = [record.copy() for record in network.records[:2]]
    for record in fresh:
        for tr in record:
            tr.stats.station = "NEW"
            tr.stats.tng.record_id += ".new"
    word = {"one rate": "sampling rates differ .*100.0", "masked": r"gap.*stream.split\(\)",
            "no codes": "codes ending in Z, N and E"}.get(how)
    with pytest.raises(TNGInputError, match=word):
        fitted.enroll([fresh[0], damaged(fresh[1], how)])
    assert fitted.stations == before  # nothing half enrolled


def test_wrong_types(network):
    gen = TNGGenerator(50.0, 40.0, "released")
    with pytest.raises(TypeError, match="iterable of Streams"):
        gen.fit(network.records[0])
    with pytest.raises(TypeError, match="type ndarray"):
        gen.fit(np.ones((2, 3, 2000)))
    with pytest.raises(TNGInputError, match="empty"):
        gen.fit([])
    with pytest.raises(TNGException, match="trained"):
        gen.enroll(network.records[:1])
    with pytest.raises(TNGInputError, match="targets"):
        gen.fit(network.records[:2], targets=["XX.NO"])


@pytest.mark.parametrize(("network_code", "code", "word"), [
    ("", "S001", r"'.S001' has no network code; set stats.network, or network= of obspy.read"),
    ("XX", "", r"'XX.': must be 'NET.STA'"), ("XX", "A.B", r"'XX.A.B': must be 'NET.STA'")])
def test_station_codes_are_needed(fitted, network, tmp_path, network_code, code, word):
    """Said at once, not by the StationXML of what was generated."""
    record = network.records[0].copy()
    for tr in record:
        tr.stats.network, tr.stats.station = network_code, code
    stations = fitted.stations
    for use in (fitted.enroll, TNGGenerator(50.0, 40.0, device="cpu").fit,
                ResampledReal(50.0, 40.0).fit, lambda records: write_records(records, tmp_path),
                lambda records: write_sds(records, tmp_path / "sds"),
                lambda records: write_store(records, tmp_path / "store")):
        with pytest.raises(TNGInputError, match=word):
            use([record])
    assert fitted.stations == stations
    with pytest.raises(TNGInputError, match=word):
        synthetic_record(np.ones((3, 10)), 50.0, f"{network_code}.{code}")


def test_warnings_at_enrolling(network):
    control = ResampledReal(50.0, 40.0).fit(network.records[:2])
    with pytest.warns(TNGWarning, match="no records to enrol"):
        control.enroll([])
    in_gal = network.records[2].copy()
    peak = np.abs(record_to_array(in_gal)).max()
    for tr in in_gal:
        tr.data = tr.data * (60 / peak)
    with pytest.warns(TNGWarning, match=r"1 records have peaks above 50 .* 60 m/s\^2.*in gal"):
        control.enroll([in_gal])
    assert sum(control.stations.values()) == 3


def test_one_record_cannot_be_mixed(fitted, network, tmp_path):
    fitted.save(tmp_path / "m")
    gen = TNGGenerator.load(tmp_path / "m", device="cpu")
    lone = network.records[0].copy()
    for tr in lone:
        tr.stats.station = "LONE"
        tr.stats.tng.record_id = "lone"
    gen.enroll([lone])
    with pytest.raises(TNGInputError, match="at least 2"):
        gen.generate("SM.LONE", n=1)


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
