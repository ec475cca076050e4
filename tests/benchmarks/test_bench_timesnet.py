"""Speed of the TimesNet convolution and of generation (`make bench`)."""

import pytest
import torch

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.models.timesnet import Inception


@pytest.mark.parametrize("grid", [(100, 60), (1200, 5), (12, 500)])
def test_one_merged_convolution(grid, compare):
    """The Inception mean of the published size: merged kernels against one call per kernel."""
    torch.manual_seed(0)
    module = Inception(128, 256).eval()
    x = torch.randn(1, *grid, 128).permute(0, 3, 1, 2)

    def literal():
        return torch.stack([kernel(x) for kernel in module.kernels], -1).mean(-1)

    with torch.no_grad():
        expected = literal()
        error = (module(x) - expected).abs().max() / expected.abs().max()
        assert error < 1e-5
        compare(f"Inception {grid[0]}x{grid[1]}", lambda: module(x), turns=3,
                one_call_per_kernel=literal)


def test_generation(compare):
    """Streams a second from enrolled records, provenance included (target: 50 on a CPU)."""
    network = simulate_network(1, 10, seed=0)
    generator = TNGGenerator(training={"epochs": 1, "finetune_epochs": 0}, device="cpu").fit(
        network.records, progress=False)
    station = next(iter(generator.stations))
    first = generator.generate(station, 20, seed=1)
    assert first == generator.generate(station, 20, seed=1)
    compare("generation, a record", lambda: generator.generate(station, 20, seed=1), items=20)
