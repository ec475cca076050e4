"""Whittle's likelihood: that of the matrices, best at the truth."""

import torch

from obspy_tng.models.whittle import whittle_loss

from .cross_spectra import spectra


def test_likelihood_is_that_of_the_matrices():
    packed, matrix = spectra(2, 4, 5)
    power, coefficients = torch.randn(2, 3, 4, 5).double(), torch.randn(2, 6, 4, 5).double()
    weights = torch.rand(4).double()
    p, q, r = (torch.complex(coefficients[:, k], coefficients[:, k + 1]) for k in (0, 2, 4))
    one, zero = torch.ones_like(p), torch.zeros_like(p)
    rows = torch.stack([torch.stack(x, -1) for x in ((one, zero, zero), (p, one, zero),
                                                     (q, r, one))], -2)
    v = rows / rows.norm(dim=-1, keepdim=True)
    factor = (0.5 * power).exp().permute(0, 2, 3, 1)[..., None] * v
    covariance = factor @ factor.mH
    expected = (torch.linalg.slogdet(covariance)[1]
                + torch.linalg.solve(covariance, matrix).diagonal(dim1=-2, dim2=-1).sum(-1).real)
    torch.testing.assert_close(whittle_loss(power, coefficients, packed, weights[:, None]),
                               (expected * weights[:, None]).sum((1, 2)))


def test_likelihood_is_best_at_the_truth():
    """Its gradient vanishes where the covariance is the mean product itself."""
    packed, matrix = spectra(1, 2, 3, samples=8)
    power = torch.stack([matrix[..., i, i].real.log() for i in range(3)], 1)
    scale = (0.5 * power).exp().permute(0, 2, 3, 1)
    v = torch.linalg.cholesky(matrix) / scale[..., None]
    v = v / v.diagonal(dim1=-2, dim2=-1)[..., None]   # rows (p, 1), (q, r, 1)
    coefficients = torch.stack([f for i, j in ((1, 0), (2, 0), (2, 1))
                          for f in (v[..., i, j].real, v[..., i, j].imag)], 1)
    power.requires_grad_()
    coefficients.requires_grad_()
    whittle_loss(power, coefficients, packed, torch.ones(2, 1).double()).sum().backward()
    assert power.grad.abs().max() < 1e-9
    assert coefficients.grad.abs().max() < 1e-9
