"""Cross-spectra that the tests of the model and of its likelihood take."""

import torch


def spectra(n, bands, frames, seed=0, samples=4):
    """Mean products of random complex vectors, packed, and as matrices."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randn(n, bands, frames, samples, 3, 2, generator=g, dtype=torch.float64)
    y = torch.view_as_complex(y)
    matrix = torch.einsum("nbtsi,nbtsj->nbtij", y, y.conj()) / samples
    packed = [matrix[..., i, i].real for i in range(3)]
    for i, j in ((1, 0), (2, 0), (2, 1)):
        packed += [matrix[..., i, j].real, matrix[..., i, j].imag]
    return torch.stack(packed, 1), matrix
