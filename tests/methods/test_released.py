"""architecture="released": mixtures, their faults as published, the paper's own files."""


import numpy as np
import pytest
import torch

import obspy_tng
from obspy_tng import TNGGenerator
from obspy_tng.exceptions import (
    TNGInputError,
    TNGWarning,
)
from obspy_tng.records.record import record_to_array

from ..small_generator import arrays


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
