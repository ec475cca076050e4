"""
Speed on a CUDA device (`make bench-cuda`): encoding, training step and generation.

Beside each figure stands what the device can do: the rate of a large product of matrices and of a
copy, measured here. The operations are counted by PyTorch.
"""

import numpy as np
import pytest
import torch
from torch.utils.benchmark import Timer
from torch.utils.flop_counter import FlopCounterMode

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.models.autoencoder import ReleasedAutoencoder, ReleasedConfig

DEVICE = "cuda"
pytestmark = [pytest.mark.cuda,
              pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]
SIZE = {"dropout": 0.0}  # the published one


def seconds(function):
    """Median wall time of a call, the device synchronised."""
    return Timer("function()", globals={"function": function}).blocked_autorange(
        min_run_time=1.0).median


def count_flops(function):
    """Floating-point operations of a call: products of matrices and convolutions."""
    with FlopCounterMode(display=False) as counter:
        function()
    return counter.get_total_flops()


@pytest.fixture(scope="module")
def roof():
    """Operations a second of a large product of matrices, bytes a second of a copy."""
    a = torch.randn(4096, 4096, device=DEVICE)
    x = torch.ones(2**26, device=DEVICE)
    y = torch.empty_like(x)
    return 2 * 4096 ** 3 / seconds(lambda: a @ a), 2 * x.nbytes / seconds(lambda: y.copy_(x))


@pytest.fixture(scope="module")
def records():
    """Eight simulated records of 6000 samples in gal, on the CPU."""
    network = simulate_network(1, 8, seed=0)
    return torch.tensor(np.array([[100 * tr.data for tr in record] for record in network.records]),
                        dtype=torch.float32).transpose(1, 2)


@pytest.fixture
def models():
    """The same random weights on the CPU and on the device."""
    torch.manual_seed(0)
    host = ReleasedAutoencoder(ReleasedConfig(**SIZE)).eval()
    ours = ReleasedAutoencoder(ReleasedConfig(**SIZE)).eval()
    ours.load_state_dict(host.state_dict())
    return host, ours.to(DEVICE)


def show(name, batch, function, least_bytes, roof):
    """Print time, rate, and the shares of both roofs; the longer of both floors bounds the time."""
    flops, took = count_flops(function), seconds(function)
    floors = flops / roof[0], least_bytes / roof[1]
    bound = "operations" if floors[0] > floors[1] else "memory"
    device = torch.cuda.get_device_name() if DEVICE == "cuda" else "CPU"
    print(f"\n{device}: {name}, batch {batch}: {1e3 * took / batch:.2f} ms a record; "
          f"{flops / batch / 1e9:.0f} GFLOP a record, {flops / took / 1e12:.2f} TFLOP/s; roof "
          f"{roof[0] / 1e12:.1f} TFLOP/s and {roof[1] / 1e9:.0f} GB/s, {flops / least_bytes:.0f} "
          f"operations a byte at least, bound by {bound}, {max(floors) / took:.0%} of it")


def weights_of(model):
    """Bytes of all parameters."""
    return sum(p.nbytes for p in model.parameters())


@pytest.mark.parametrize("batch", [1, 8])
def test_encode(batch, models, records, roof):
    host, ours = models
    x, on_device = records[:batch], records[:batch].to(DEVICE)
    with torch.no_grad():
        expected, found = host.encode(x)[0], ours.encode(on_device)[0].cpu()
        assert (found - expected).abs().max() < 1e-3 * expected.abs().max()
        show("encode", batch, lambda: ours.encode(on_device),
             weights_of(ours) + x.nbytes + expected.nbytes, roof)


@pytest.mark.parametrize("batch", [1, 8])
def test_training_step(batch, models, records, roof):
    host, ours = models
    x, on_device = records[:batch], records[:batch].to(DEVICE)
    optimizer = torch.optim.AdamW(ours.parameters(), lr=0)

    def step():
        optimizer.zero_grad()
        ours.loss(on_device)["loss"].backward()
        optimizer.step()
    step()
    host.loss(x)["loss"].backward()
    for a, b in zip(host.parameters(), ours.parameters(), strict=True):
        if a.norm() > 0:
            assert (a.grad - b.grad.cpu()).norm() < 1e-2 * a.grad.norm() + 1e-6
    # weights, gradients and both moments are read, and all but the gradients written
    show("training step", batch, step, 7 * weights_of(ours) + x.nbytes, roof)


def test_generation():
    """The default generator, Streams included; the same records as on the CPU."""
    network = simulate_network(1, 12, seed=1)
    there, here = (TNGGenerator(device=device).enroll(network.records)
                   for device in (DEVICE, "cpu"))
    for ours, theirs in zip(there.generate("SM.S001", 4, seed=0), here.generate(
            "SM.S001", 4, seed=0), strict=True):
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a.data, b.data, atol=1e-3 * np.abs(b.data).max())
    for name, generator in (("device", there), ("CPU", here)):
        took = seconds(lambda generator=generator: generator.generate("SM.S001", 64, seed=0)) / 64
        print(f"\ngeneration, {name}: {1e3 * took:.2f} ms a record, {1 / took:.0f} a second")
