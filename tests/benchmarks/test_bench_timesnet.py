"""Speed of the TimesNet convolution, of encoding, training and generation (`make bench`)."""

import time

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig
from obspy_tng.models.convolution import choose_tile, count_operations
from obspy_tng.models.timesnet import Inception


def literal(module, maps):
    """As published: one convolution per kernel, then the mean."""
    return [torch.stack([kernel(x.permute(0, 3, 1, 2)) for kernel in module.kernels],
                        -1).mean(-1).permute(0, 2, 3, 1) for x in maps]


def merged(module, maps):
    """The kernels merged into one, applied directly."""
    weight, bias = module.merged()
    return [F.conv2d(x.permute(0, 3, 1, 2), weight, bias, padding="same").permute(0, 2, 3, 1)
            for x in maps]


def in_form(form, function):
    """Run a function with another form of the convolution."""
    original, Inception.convolve = Inception.convolve, form
    try:
        return function()
    finally:
        Inception.convolve = original


def difference(a, b):
    """Largest difference over the largest value."""
    return ((a - b).abs().max() / b.abs().max()).item()


def fastest(function, turns=3):
    """Smallest CPU time in s."""
    return min(timed(function)[0] for _ in range(turns))


def peak(dtype=torch.float32):
    """GFLOP/s of a large product of matrices."""
    a = torch.randn(2048, 2048).to(dtype)
    return 2e-9 * 2048 ** 3 / fastest(lambda: a @ a)


def bandwidth():
    """GB/s read and written by a copy that does not fit the caches of a core."""
    a, b = torch.ones(2**24), torch.ones(2**24)
    return 2e-9 * a.nbytes / fastest(lambda: b.copy_(a))


@pytest.fixture
def model():
    """The published size, random weights."""
    torch.manual_seed(0)
    return ReleasedAutoencoder(ReleasedConfig(dropout=0.0)).eval()


@pytest.fixture(scope="module")
def records():
    """Eight simulated records of 6000 samples in gal."""
    network = simulate_network(1, 8, seed=0)
    return torch.tensor(np.array([[100 * tr.data for tr in record] for record in network.records]),
                        dtype=torch.float32).transpose(1, 2)


@pytest.mark.parametrize("grid", [(3000, 2), (1200, 5), (300, 20), (100, 60), (40, 150),
                                  (12, 500), (2, 3000)])
def test_convolution(grid, compare):
    """One Inception layer of the published size, transforms of the kernel kept."""
    torch.manual_seed(0)
    module = Inception(128, 256).eval()
    maps = [torch.randn(1, *grid, 128)]
    with torch.no_grad():
        expected = literal(module, maps)[0]
        assert difference(module.convolve(maps)[0], expected) < 1e-5
        best = compare(f"Inception {grid[0]}x{grid[1]}", lambda: module.convolve(maps), turns=3,
                       merged=lambda: merged(module, maps), six=lambda: literal(module, maps))
    kernel = tuple(2 * min(5, length - 1) + 1 for length in grid)
    tile = choose_tile(grid, kernel, 128, 256)
    products, moved, _ = count_operations(grid, kernel, tile, 128, 256)
    pairs = grid[0] * grid[1] * 128 * 256
    print(f"tile {tile[0]}x{tile[1]}: {products / pairs:.1f} multiplications for each sample and "
          f"pair of channels (merged 121, six 286), {moved / 1e6:.0f} MB moved; "
          f"{2e-9 * products / best['ours']:.0f} GFLOP/s, large product {peak():.0f} GFLOP/s, copy "
          f"{bandwidth():.0f} GB/s")


def test_bfloat16(compare):
    """The layer by tiles in float32 against the direct one in bfloat16."""
    torch.manual_seed(0)
    module = Inception(128, 256).eval()
    short = Inception(128, 256).eval()
    short.load_state_dict(module.state_dict())
    short = short.bfloat16()
    maps = [torch.randn(1, 100, 60, 128)]
    with torch.no_grad():
        expected = literal(module, maps)[0]
        error = difference(short.convolve([maps[0].bfloat16()])[0].float(), expected)
        compare("Inception 100x60", lambda: module.convolve(maps), turns=3,
                merged_in_bfloat16=lambda: short.convolve([maps[0].bfloat16()]))
    print(f"difference in bfloat16 {error:.1e}; large product {peak(torch.bfloat16):.0f} GFLOP/s, "
          f"in float32 {peak():.0f}")


def timed(function):
    """CPU time in s, and result."""
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def show(name, batch, benchmark, **seconds):
    """Print seconds a record and ratios; keep them with pytest-benchmark's figures."""
    benchmark.extra_info.update({key: value / batch for key, value in seconds.items()})
    print(f"\n{name}, batch {batch}: " + ", ".join(
        f"{key} {value / batch:.3f} s a record ({value / seconds['ours']:.1f} times)"
        for key, value in seconds.items()))


@pytest.mark.parametrize("batch", [1, 8])
def test_encode(batch, model, records, benchmark):
    """Target: 6 times as fast as the published form, 1e-5 of the largest value."""
    x = records[:batch]

    def encode():
        return model.encode(x)[0]

    with torch.no_grad():
        encode()
        ours, latents = min((timed(encode) for _ in range(3)), key=lambda x: x[0])
        one, _ = timed(lambda: in_form(merged, encode))
        six, expected = timed(lambda: in_form(literal, encode))
        benchmark.pedantic(encode, rounds=1)
    show("encode", batch, benchmark, ours=ours, merged=one, six=six)
    error = difference(latents, expected)
    print(f"difference {error:.1e} of the largest value")
    assert error < 1e-5
    assert six > 6 * ours


@pytest.mark.parametrize("batch", [1, 4])
def test_training_step(batch, model, records, benchmark):
    """Loss, gradients and AdamW; target: 3 times as fast as the published form."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=0)

    def step():
        optimizer.zero_grad()
        model.loss(records[:batch])["loss"].backward()
        optimizer.step()
        return [p.grad.clone() for p in model.parameters()]

    step()
    ours, gradients = timed(step)
    six, expected = timed(lambda: in_form(literal, step))
    benchmark.pedantic(step, rounds=1)
    show("training step", batch, benchmark, ours=ours, six=six)
    error = max(((a - b).norm() / b.norm()).item()
                for a, b in zip(gradients, expected, strict=True) if b.norm() > 0)
    print(f"largest relative difference of a gradient {error:.1e}")
    assert error < 1e-4
    assert six > 3 * ours


def test_generation(compare):
    """Streams a second from enrolled records, provenance included (target: 50 on a CPU)."""
    network = simulate_network(1, 10, seed=0)
    generator = TNGGenerator(architecture="released", device="cpu", training={
        "epochs": 1, "finetune_epochs": 0}).fit(network.records, progress=False)
    station = next(iter(generator.stations))
    first = generator.generate(station, 20, seed=1)
    assert first == generator.generate(station, 20, seed=1)
    best = compare("generation, a record", lambda: generator.generate(station, 20, seed=1),
                   items=20)
    assert best["ours"] < 1 / 50
