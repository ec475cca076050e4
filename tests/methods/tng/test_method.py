"""architecture="tng": enrol a handful of records, generate new ones, for an earthquake."""

import copy
import pickle
import warnings

import numpy as np
import pytest
import torch

from obspy_tng import TNGGenerator, hvsr, simulate_network
from obspy_tng.exceptions import TNGException, TNGInputError, TNGWarning
from obspy_tng.groundmotion.durations import ln_duration
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.records.synthetic import synthetic_record
from obspy_tng.signal import bandpass, significant_duration
from obspy_tng.signal.intensity import time_of_energy

from ...small_generator import arrays, ends_at_rest

QUICK = {"epochs": 1, "finetune_epochs": 1, "simulated": 60, "validation": 0.0}


@pytest.fixture(scope="module")
def network():
    return simulate_network(3, 14, seed=26, sampling_rate=50.0, window=120.0, f0=[0.5, 1.5, 4.0],
                            magnitude=(4.5, 7.0), distance=(50.0, 300.0))


@pytest.fixture(scope="module")
def groups(network):
    return group_by_station(network.records)


@pytest.fixture(scope="module")
def pretrained(network, groups):
    """The shipped weights; all records of two stations, three of the third."""
    gen = TNGGenerator.from_pretrained("tng-small", sampling_rate=50.0, window=120.0,
                                       device="cpu")
    return gen.enroll([*groups["SM.S001"], *groups["SM.S002"], *groups["SM.S003"][:3]],
                      network.inventory)


@pytest.fixture(scope="module")
def small_network():
    return simulate_network(2, 8, seed=2, sampling_rate=50.0, window=30.0)


@pytest.fixture(scope="module")
def trained(small_network):
    """A tiny network trained from nothing, on records that the shipped weights do not take."""
    gen = TNGGenerator(50.0, 30.0, "tng", size={"d_model": 8, "d_ff": 8, "hidden": 32},
                       training=QUICK, device="cpu")
    return gen.fit(small_network.records, inventory=small_network.inventory, progress=False)


def test_three_records_give_the_site_frequency(pretrained, groups):
    streams = pretrained.generate("SM.S003", 30, seed=0)
    assert hvsr(streams).peak.f0 == pytest.approx(hvsr(groups["SM.S003"]).peak.f0, rel=0.2)


def test_stations_differ(pretrained):
    peaks = [hvsr(pretrained.generate(s, 20, seed=0)).peak.f0 for s in pretrained.stations]
    assert peaks[0] < 0.7 * peaks[1] < 0.5 * peaks[2]


def test_records_are_new(pretrained, groups):
    """No more like an enrolled record than other real records are."""
    def top(x, others):
        def unit(a):
            return np.fft.rfft(a / np.linalg.norm(a), 2 * len(a))
        return max(np.abs(np.fft.irfft(unit(x) * unit(y).conj())).max() for y in others)

    enrolled = [record_to_array(r)[1] for r in groups["SM.S001"]]
    new = [record_to_array(s)[1] for s in pretrained.generate("SM.S001", 10, seed=1)]
    real = [top(x, [y for y in enrolled if y is not x]) for x in enrolled]
    assert np.median([top(x, enrolled) for x in new]) < np.median(real) + 0.05


def test_magnitude_and_distance_act(pretrained):
    def measure(**event):
        # on stiff ground: in a basin its own reverberation hides that of the path
        data = np.array([record_to_array(s) for s in pretrained.generate("SM.S003", 12, seed=0,
                                                                          **event)])
        level = np.log(data.std(-1)).mean()
        return level, np.log(significant_duration(data[:, 1], 50.0)).mean()

    strong, weak = measure(magnitude=6.8, distance=60.0), measure(magnitude=4.8, distance=60.0)
    near, far = measure(magnitude=6.0, distance=60.0), measure(magnitude=6.0, distance=280.0)
    assert strong[0] - weak[0] > 1.0
    assert near[0] - far[0] > 0.7
    assert far[1] > near[1]


def test_residuals_have_no_bias(pretrained, groups):
    residuals = []
    for i, record in enumerate(groups["SM.S002"]):
        info = record_info(record)
        (st,) = pretrained.generate("SM.S002", 1, seed=i, **{
            k: info[k] for k in ("magnitude", "distance", "depth")})
        residuals.append(np.log(record_to_array(st).std(-1) / record_to_array(record).std(-1)))
    assert np.abs(np.mean(residuals)) < 0.5


def test_same_seed_same_record_in_any_batch(trained):
    four = trained.generate("SM.S001", 4, seed=3)
    alone = trained.generate("SM.S001", 1, seed=3, first=2)[0]
    np.testing.assert_array_equal(four[2][1].data, alone[1].data)
    assert np.abs(four[0][1].data - four[1][1].data).max() > 0
    assert four[0][0].stats.tng.sampler == "source"


def test_provenance_and_samplers(trained, small_network):
    names = {record_info(r)["record_id"] for r in small_network.records}
    source = trained.generate("SM.S002", 4, seed=0)
    assert all(s[0].stats.tng.sources[0] in names for s in source)
    posterior = trained.generate("SM.S002", 12, seed=0, sampler="posterior")
    assert any(s[0].stats.tng.sources for s in posterior)
    assert all(np.isfinite(s[0].stats.tng.drawn_magnitude) for s in posterior)
    prior = trained.generate("SM.S002", 3, seed=0, sampler="prior")
    assert all(list(s[0].stats.tng.sources) == [] for s in prior)
    assert ends_at_rest(arrays([*source, *posterior, *prior]), 50.0)


def test_save_and_load(trained, tmp_path):
    trained.save(tmp_path / "model")
    loaded = TNGGenerator.load(tmp_path / "model", device="cpu")
    assert loaded.model_hash == trained.model_hash
    for event in ({}, {"magnitude": 6.0, "distance": 40.0}):
        a, b = (g.generate("SM.S001", 2, seed=5, **event) for g in (trained, loaded))
        for x, y in zip(a, b, strict=True):
            np.testing.assert_array_equal(x[2].data, y[2].data)


def test_models_saved_without_waveforms(trained, small_network, tmp_path):
    """They generate by the network; records enrolled later are source records."""
    trained.save(tmp_path / "model")
    old = TNGGenerator.load(tmp_path / "model", device="cpu")
    for enrolled in old.bank.values():
        del enrolled.arrays["data"]
    assert old.generate("SM.S001", 1, seed=5)[0][0].stats.tng.sampler == "posterior"
    with pytest.raises(TNGInputError, match="needs waveforms, which this model was saved without"):
        old.generate("SM.S001", 1, seed=5, sampler="source")
    new = small_network.records[0].copy()
    for tr in new:
        tr.stats.tng.record_id = "new"
    old.enroll([new])
    tng = old.generate("SM.S001", 1, seed=5)[0][0].stats.tng
    assert (tng.sampler, list(tng.sources)) == ("source", ["new"])


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_draws_the_same_records(trained, tmp_path):
    trained.save(tmp_path / "model")
    there = TNGGenerator.load(tmp_path / "model", device="cuda")
    a, b = (record_to_array(g.generate("SM.S001", 1, seed=5)[0]) for g in (trained, there))
    np.testing.assert_allclose(a, b, atol=1e-2 * np.abs(a).max())


def test_reconstruction_keeps_levels(trained, small_network):
    record = small_network.records[0]
    before = record_to_array(record).copy()
    again = trained.reconstruct(record)
    np.testing.assert_array_equal(record_to_array(record), before)
    ratio = record_to_array(again).std(-1) / before.std(-1)
    assert np.abs(np.log(ratio)).max() < 0.15


def test_records_last_as_long_and_differ_as_much_as_real_ones(pretrained, groups):
    """Decoded envelopes last longer, and an exponent common to all would spread them."""
    def of(streams):
        return ln_duration(np.array([record_to_array(s) for s in streams]), 50.0)

    ratios = []
    for station in ("SM.S001", "SM.S002"):
        real = of(groups[station])
        again = of([pretrained.reconstruct(record) for record in groups[station]])
        assert np.abs(again - real).mean() < 0.15
        new = of(pretrained.generate_like(station, groups[station], 56, seed=0))
        assert new.mean() == pytest.approx(real.mean(), abs=0.15)
        ratios.append(new.std() / real.std())
    # the spread of 14 real records is known to a fifth, so both stations together
    assert 0.7 < np.exp(np.mean(np.log(ratios))) < 1.3


def test_an_end_cut_in_the_signal_does_not_leak(trained):
    """Bands far above the signal would get all their energy from the cut, in one frame."""
    long = bandpass(np.random.default_rng(0).standard_normal((3, 4500)), 50.0, 0.5, 2.0, order=4)
    record = synthetic_record(long[:, 1500:3000], 50.0, "XX.CUT")
    taught = copy.deepcopy(trained).enroll([record], allow_generated=True)
    levels = taught.bank["XX.CUT"].arrays["levels"][0]
    assert (levels[:, -3:].max(1) - levels.max(1) < -15).all()


def test_training_is_repeatable(small_network, trained):
    again = TNGGenerator(50.0, 30.0, "tng", size={"d_model": 8, "d_ff": 8, "hidden": 32},
                         training=QUICK, device="cpu").fit(small_network.records, progress=False)
    assert again.model_hash == trained.model_hash
    assert {row["phase"] for row in trained.history} == {"simulated", "adapt"}


def test_records_of_the_default_sampler_need_no_fit(small_network, trained):
    """The guide advises to enroll: an adapted network changes nothing in them."""
    enrolled = copy.deepcopy(trained)
    with torch.no_grad():
        for weight in enrolled.model.parameters():
            weight.mul_(1.1)
    enrolled._bank = {}
    enrolled.enroll(small_network.records)
    for some, more in zip(*(gen.generate("SM.S001", 2, seed=0, magnitude=6.0, distance=50.0)
                            for gen in (trained, enrolled)), strict=True):
        for one, other in zip(some, more, strict=True):
            np.testing.assert_array_equal(one.data, other.data)


@pytest.mark.parametrize("sampler", ["source", "posterior"])
def test_a_generator_that_has_generated_goes_to_another_process(pretrained, sampler):
    asked = {"seed": 5, "magnitude": 6.0, "distance": 100.0, "sampler": sampler}
    first = pretrained.generate("SM.S001", 2, **asked)
    for other in (pickle.loads(pickle.dumps(pretrained)), copy.deepcopy(pretrained)):
        for some, more in zip(first, other.generate("SM.S001", 2, **asked), strict=True):
            for one, two in zip(some, more, strict=True):
                np.testing.assert_array_equal(one.data, two.data)


def test_records_without_earthquakes(pretrained, groups):
    """Unknown magnitudes: the station is enrolled all the same, with the prior's scatter."""
    gen = TNGGenerator.from_pretrained(sampling_rate=50.0, window=120.0, device="cpu")
    blind = [r.copy() for r in groups["SM.S001"][:4]]
    for record in blind:
        for tr in record:
            tr.stats.tng.update({"magnitude": None, "distance": None, "depth": None})
    gen.enroll(blind)
    streams = gen.generate("SM.S001", 20, seed=0)
    assert hvsr(streams).peak.f0 == pytest.approx(hvsr(groups["SM.S001"]).peak.f0, rel=0.35)
    with pytest.warns(TNGWarning, match="no enrolled record has a magnitude and a distance"):
        gen.generate("SM.S001", 1, seed=0, magnitude=6.0, distance=100.0)
    # one record that has them is enough
    gen.enroll(groups["SM.S001"][4:5])
    gen.generate("SM.S001", 1, seed=0, magnitude=6.0, distance=100.0)


@pytest.mark.parametrize(("magnitude", "distance", "far"), [
    (5.0, 50.0, False), (6.5, 100.0, False), (8.0, 50.0, True), (5.0, 400.0, True)])
def test_scenarios_that_only_simulated_networks_have(groups, magnitude, distance, far):
    """The prior covers them; that the enrolled records are all of magnitude 5 is told."""
    gen = TNGGenerator.from_pretrained(sampling_rate=50.0, window=120.0, device="cpu")
    alike = [r.copy() for r in groups["SM.S001"][:3]]
    for tr in (tr for record in alike for tr in record):
        tr.stats.tng.update({"magnitude": 5.0, "distance": 50.0, "depth": 10.0})
    gen.enroll(alike)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gen.generate("SM.S001", 1, seed=0, magnitude=magnitude, distance=distance)
    assert ["is far from the enrolled records (magnitudes 5.0 to 5.0" in str(warning.message)
            for warning in told if warning.category is TNGWarning] == [True] * far


def test_one_record_is_enough(groups):
    gen = TNGGenerator.from_pretrained(sampling_rate=50.0, window=120.0, device="cpu")
    gen.enroll(groups["SM.S002"][:1])
    assert len(gen.generate("SM.S002", 2, seed=0)) == 2


def test_records_set_in_when_those_of_their_station_do(groups):
    gen = TNGGenerator.from_pretrained(sampling_rate=50.0, window=120.0, device="cpu")
    late = [r.copy() for r in groups["SM.S001"]]
    for tr in (tr for r in late for tr in r):
        tr.data = np.concatenate([tr.data[:1000][::-1], tr.data[:-1000]])
        tr.stats.tng.p_index += 1000
    gen.enroll([*late, *groups["SM.S002"]])

    def onsets(records):
        return [time_of_energy(np.square(record_to_array(r)).sum(0)) / 50 for r in records]

    for station, records in (("SM.S001", late), ("SM.S002", groups["SM.S002"])):
        new = onsets(gen.generate(station, 20, seed=0))
        assert np.mean(new) == pytest.approx(np.mean(onsets(records)), abs=4)


def test_t05_is_that_of_the_source_record(pretrained):
    bank = pretrained.method.fit_bank(pretrained.bank).network
    levels = bank.levels
    own = np.flatnonzero(levels.stations == "SM.S001")
    rng = np.random.default_rng(0)
    for source_record in own[:4]:
        asked = Scenario(levels.magnitudes[source_record], levels.distances[source_record])
        assert bank.t05("SM.S001", asked, source_record, rng) == bank.t05s[source_record]
    other = np.flatnonzero(levels.stations != "SM.S001")[0]
    drawn = {bank.t05("SM.S001", Scenario(6.0, 150.0), other, rng) for _ in range(40)}
    assert len(drawn) > 2  # of several records of the station


def test_clear_errors(trained, pretrained):
    with pytest.raises(TNGInputError, match="together"):
        trained.generate("SM.S001", 1, magnitude=6.0)
    with pytest.raises(TNGInputError, match="sampler must be one of"):
        trained.generate("SM.S001", 1, sampler="mean")
    with pytest.raises(TNGInputError, match="no model 'tng-huge'"):
        TNGGenerator.from_pretrained("tng-huge")
    with pytest.raises(TNGInputError, match="simulated"):
        TNGGenerator(architecture="tng", training={"simulated": 0})
    with pytest.raises(TNGInputError, match="no records to enrol"):
        TNGGenerator(architecture="tng").enroll([])
    with pytest.raises(TNGInputError, match="is not enrolled; enrolled: none, call enroll"):
        TNGGenerator().generate("SM.S001")
    for condition in ({"magnitude": "6", "distance": 10}, {"magnitude": 6, "distance": [10]},
                      {"magnitude": True, "distance": 10}):
        with pytest.raises(TypeError, match="must be a number or None, got"):
            trained.generate("SM.S001", **condition)


def test_the_default_generator_is_ready(pretrained, groups):
    ready = TNGGenerator(pretrained.sampling_rate, pretrained.window, device="cpu")
    assert ready.model_hash == pretrained.model_hash
    with pytest.raises(TNGException, match=r"no weights .* from_pretrained"):
        TNGGenerator(training={"pretrained": False}).enroll(groups["SM.S001"])


@pytest.mark.parametrize(("training", "word"), [
    ({"epochs": 3}, "epochs=3 changes nothing: .*finetune_epochs"),
    ({"learning_rate": 1e-3}, "learning_rate=0.001 changes nothing"),
    ({"epochs": -1}, "epochs must be an integer >= 0, got -1"),
    ({"finetune_epochs": -1}, "finetune_epochs must be"),
    ({"finetune_learning_rate": 0.0}, "finetune_learning_rate must be"),
    ({"batch_size": 0}, "batch_size must be")])
def test_settings_act_or_are_refused(training, word, groups):
    with pytest.raises(TNGInputError, match=word):
        TNGGenerator(training=training)
    TNGGenerator(training={"epochs": 3, "learning_rate": 1e-3, "pretrained": False})
    with pytest.raises(TNGInputError, match="simulated=5 changes nothing"):
        TNGGenerator(architecture="released", training={"simulated": 5})
    with pytest.raises(TNGInputError, match=r"targets=.* change nothing"):
        TNGGenerator().fit(groups["SM.S001"], targets=["SM.S001"])


def test_generated_records_are_not_enrolled(pretrained, groups):
    """Nor are those that came through a file without stats.tng."""
    streams = pretrained.generate("SM.S001", n=2, seed=0)
    for tr in streams[1]:
        del tr.stats.tng
    gen = TNGGenerator(pretrained.sampling_rate, pretrained.window, device="cpu")
    for stream in streams:
        with pytest.raises(TNGInputError, match="1 records are generated, not recorded"):
            gen.enroll([*groups["SM.S001"], stream])
        with pytest.raises(TNGInputError, match="allow_generated=True"):
            gen.fit([stream])
    assert gen.stations == {}
    assert gen.enroll(streams, allow_generated=True).stations == {"SM.S001": 2}


def test_the_station_term_is_its_mean_or_drawn_once_for_a_seed(groups):
    gen = TNGGenerator.from_pretrained(sampling_rate=50.0, window=120.0, device="cpu")
    gen.enroll(groups["SM.S002"][:1])

    def amplitudes(seed, n=3, **options):
        return [np.log(record_to_array(s).std(-1)) for s in gen.generate(
            "SM.S002", n, seed=seed, magnitude=6.0, distance=100.0, **options)]

    # with seed 3 the draw is a large one
    mean, drawn = amplitudes(3), amplitudes(3, station_uncertainty="drawn")
    shift = np.array(drawn) - mean
    assert np.abs(shift).max() > 0.1
    assert shift.std(0).max() < 0.5 * np.abs(shift).max()   # the same for all of a seed
    one = gen.generate("SM.S002", 1, seed=3, first=2, magnitude=6.0, distance=100.0,
                       station_uncertainty="drawn")[0]
    np.testing.assert_array_equal(np.log(record_to_array(one).std(-1)), drawn[2])
    shifts = [np.mean(amplitudes(seed, 1, station_uncertainty="drawn"))
              - np.mean(amplitudes(seed, 1)) for seed in range(8)]
    told = one[0].stats.tng
    assert told.station_uncertainty == "drawn"
    assert 0.4 * told.station_sd < np.std(shifts) < 2.5 * told.station_sd
    with pytest.raises(TNGInputError, match="station_uncertainty must be one of"):
        gen.generate("SM.S002", 1, station_uncertainty="both")


def test_records_tell_where_they_may_be_used_and_how_sure_they_are(pretrained):
    told = pretrained.generate("SM.S001", 1, seed=0, magnitude=6.0, distance=100.0)[0][0].stats.tng
    assert told.freqmin == pytest.approx(10 / 120)
    assert 15 < told.freqmax <= 25
    assert not told.extrapolated
    assert 0 < told.station_sd < 0.3
    assert 0 < told.scaling_sd < 0.5
    with pytest.warns(TNGWarning, match="magnitude 6 at 1600 km .* magnitudes"):
        far = pretrained.generate("SM.S001", 1, seed=0, magnitude=6.0, distance=1600.0)[0][0]
    assert far.stats.tng.extrapolated
    assert far.stats.tng.scaling_sd > told.scaling_sd
    with pytest.raises(TNGInputError, match="distance 15000 is beyond"):
        pretrained.generate("SM.S001", 1, seed=0, magnitude=6.0, distance=15000.0)


def test_levels_of_one_record_count_though_the_prior_is_of_another_region(groups):
    """All records ten times stronger than simulated ones: a generator of one knows it."""
    strong = [r.copy() for r in groups["SM.S001"]]
    for tr in (tr for r in strong for tr in r):
        tr.data = tr.data * np.float32(10)
    missed = []
    for i in range(4):
        gen = TNGGenerator.from_pretrained(sampling_rate=50.0, window=120.0, device="cpu")
        gen.enroll(strong[i:i + 1])
        others = strong[:i] + strong[i + 1:]
        new = gen.generate_like("SM.S001", others[:8], seed=0)
        missed.append(np.mean([np.log(record_to_array(a).std() / record_to_array(b).std())
                               for a, b in zip(new, others, strict=False)]))
    assert abs(np.mean(missed)) < 0.6   # a prior without a region: 1.5
