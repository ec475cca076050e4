"""Generating in batches: parts of a series are the series, in any number of workers."""

import json

import numpy as np
import obspy
import pytest
from obspy.clients.filesystem.sds import Client

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.baselines import RandomAllPass, ResampledReal, ShapedNoise
from obspy_tng.exceptions import TNGInputError
from obspy_tng.methods import METHODS
from obspy_tng.records.folder import read_record, read_records
from obspy_tng.records.sds import export_sds
from obspy_tng.runs.generate import generate_records
from obspy_tng.runs.shards import merge_shards
from obspy_tng.scripts.main import main

from .conftest import contents

STATION = "SM.S001"
TRAINING = {"epochs": 1, "finetune_epochs": 0}


@pytest.fixture(scope="module")
def net():
    return simulate_network(2, 4, seed=3, sampling_rate=50.0, window=20.0)


@pytest.fixture(scope="module")
def model(net, tmp_path_factory):
    """Folder of a small trained generator."""
    folder = tmp_path_factory.mktemp("model") / "model"
    TNGGenerator(50.0, 20.0, "released", training=TRAINING, device="cpu").fit(
        net.records, net.inventory, progress=False).save(folder)
    return folder


@pytest.fixture(scope="module")
def generator(model):
    return TNGGenerator.load(model, device="cpu")


def same(stream, other):
    for tr, back in zip(stream, other, strict=True):
        np.testing.assert_array_equal(tr.data, back.data)
        assert tr.stats.starttime == back.stats.starttime
        assert tr.stats.tng == back.stats.tng


@pytest.mark.parametrize("make", [ResampledReal, RandomAllPass, ShapedNoise, None])
def test_first_continues_a_series(net, generator, make):
    made = make(50.0, 20.0).fit(net.records) if make else generator
    whole = made.generate(STATION, 7, seed=5)
    parts = (made.generate(STATION, 3, seed=5) + made.generate(STATION, 1, seed=5, first=3)
             + made.generate(STATION, 3, seed=5, first=4))
    for stream, other in zip(whole, parts, strict=True):
        same(stream, other)
    assert parts[4][0].stats.tng.realization == 4
    for bad in (-1, 1.5, True, "a"):
        with pytest.raises(TNGInputError, match="first must"):
            made.generate(STATION, 1, first=bad)


@pytest.mark.parametrize("options", [
    {}, {"workers": 3, "batch": 2}, {"batch": 100},
    pytest.param({"workers": 2, "processes": True}, marks=pytest.mark.slow)], ids=str)
def test_a_run_is_generate_in_a_folder(model, generator, tmp_path, options):
    options = {"batch": 4, **options}
    if options.get("processes"):
        options["folder"] = model
    result = generate_records(generator, tmp_path / "r", n=10, seed=5, k=3,
                              progress=False, **options)
    assert result.complete
    assert result.counts["accepted"] == 20
    for stream in generator.generate(STATION, 10, seed=5, k=3):
        name = f"{STATION}/{stream[0].stats.tng.record_id}.json"
        same(stream, read_record(tmp_path / "r" / name))
    inventory = obspy.read_inventory(str(tmp_path / "r" / "stations.xml"))
    assert len(inventory.get_contents()["channels"]) == 6


@pytest.mark.slow
@pytest.mark.parametrize("architecture", METHODS)
def test_every_architecture_in_any_batches(net, tmp_path, architecture):
    """The same bytes however a series is cut, and in threads or processes."""
    training = {"finetune_epochs": 0} if architecture == "tng" else TRAINING
    made = TNGGenerator(50.0, 20.0, architecture, training=training, device="cpu").fit(
        net.records, net.inventory, progress=False)
    made.save(tmp_path / "model")
    for i, options in enumerate([{"batch": 30}, {"batch": 7}, {"batch": 1, "workers": 3},
                                 {"workers": 2, "processes": True, "folder": tmp_path / "model"}]):
        generate_records(made, tmp_path / str(i), n=20, progress=False, **options)
        assert contents(tmp_path / str(i)) == contents(tmp_path / "0"), options


def test_parts(generator, tmp_path):
    generate_records(generator, tmp_path / "whole", n=9, batch=2, progress=False)
    for i in (1, 2, 3):
        generate_records(generator, tmp_path / "r", n=9, batch=2, shard=f"{i}/3", progress=False)
    assert merge_shards(tmp_path / "r").counts["accepted"] == 18
    assert contents(tmp_path / "r") == contents(tmp_path / "whole")


def test_other_models_and_settings_are_refused(net, generator, tmp_path):
    generate_records(generator, tmp_path / "r", n=2, progress=False)
    for options, word in [({"n": 1}, "n=1 is less than the 2 records"), ({"seed": 1}, "seed was 0"),
                          ({"batch": 1}, "batch"),
                          ({"k": 3}, "k was None"),
                          ({"stations": [STATION]}, "stations")]:
        with pytest.raises(TNGInputError, match=word):
            generate_records(generator, tmp_path / "r", **{"n": 2, "progress": False, **options})
    control = ResampledReal(50.0, 20.0).fit(net.records)
    generate_records(control, tmp_path / "c", n=2, progress=False)
    fewer = ResampledReal(50.0, 20.0).fit(net.records[:-1])
    with pytest.raises(TNGInputError, match="model was"):
        generate_records(fewer, tmp_path / "c", n=2, progress=False)


def test_repeated_records_are_no_twins(net, tmp_path):
    """Ten draws of four records: generated ones are kept, also where they are equal."""
    control = ResampledReal(50.0, 20.0).fit(net.records)
    assert generate_records(control, tmp_path / "r", n=10, progress=False).counts["accepted"] == 20


@pytest.mark.slow
def test_a_model_that_changes_during_the_run(net, model, generator, tmp_path):
    """Worker processes load the model; if it is another one by then, units fail and say why."""
    other = TNGGenerator(50.0, 20.0, "released", training=TRAINING, device="cpu", seed=9)
    other.fit(net.records, progress=False).save(tmp_path / "other")
    result = generate_records(generator, tmp_path / "r", n=2, folder=tmp_path / "other",
                              processes=True, progress=False)
    assert len(result.failed) == 2
    assert "was changed during the run" in result.failed[0][1]


@pytest.mark.parametrize(("options", "word"), [
    ({"n": -1}, "n must"), ({"batch": 0}, "batch must"), ({"seed": None}, "seed must"),
    ({"stations": ["XX.NO"]}, "not enrolled"), ({"sampler": "best"}, "sampler"),
    ({"magnitude": 99}, "magnitude")])
def test_bad_arguments_leave_no_files(generator, tmp_path, options, word):
    with pytest.raises(TNGInputError, match=word):
        generate_records(generator, tmp_path / "r", progress=False, **options)
    assert not (tmp_path / "r").exists()


def test_sds_beside_the_records(generator, tmp_path):
    """Also across midnight, with names that do not sort by time, and made anew."""
    generate_records(generator, tmp_path / "r", [STATION], n=12, progress=False)
    for _ in range(2):
        assert export_sds(tmp_path / "r") == 12
        client = Client(str(tmp_path / "r" / "sds"))
        for record in read_records(tmp_path / "r"):
            stats = record[0].stats
            st = client.get_waveforms("SM", "S001", "SY", "BX?", stats.starttime, stats.endtime)
            for tr in record:
                np.testing.assert_array_equal(st.select(id=tr.id)[0].data, tr.data)
        about = json.loads((tmp_path / "r" / "records.json").read_text())
        assert [a["tng"]["realization"] for a in about] == sorted(3 * [*range(12)])


def test_command_line(model, tmp_path, capsys):
    command = ["generate", str(model), "--output", str(tmp_path / "r"), "-n", "6", "--batch", "4",
               "--device", "cpu", "--workers", "2"]
    assert main(command) == 0
    assert "12 records" in capsys.readouterr().out
    before = contents(tmp_path / "r")
    assert main(command) == 0
    assert contents(tmp_path / "r") == before
    assert main([*command, "--seed", "3"]) == 1
    assert "seed was 0, is 3" in capsys.readouterr().err
