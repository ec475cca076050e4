"""
Likelihood of an evolutionary cross-spectrum
============================================

The coefficients of a narrow band of a record are close to complex Gaussian; given
their 3x3 covariance C per frame, the mean products S of the frame have the
log likelihood ``-w (ln det C + tr(C^-1 S))`` with w independent samples in a frame
[Whittle1953]_. C has a form that is positive definite for any output of the network:
powers on the diagonal of D, and a lower triangular V with rows of norm one, C = D V V* D
(:func:`obspy_tng.signal.frames.simulate_frames` draws from the same form).

.. [Whittle1953] Whittle, P. (1953). Estimation and information in stationary time
   series. Ark. Mat. 2, 423-434.
"""

import torch


def whittle_loss(log_power, coefficients, spectra, weights):
    """
    Negative log likelihood of records, up to a constant.

    :param log_power: ln power of Z, N, E, ``(batch, 3, bands, frames)``.
    :param coefficients: real and imaginary parts of p, q, r: V has the rows (1), (p, 1) and
        (q, r, 1), each divided by its norm; ``(batch, 6, bands, frames)``.
    :param spectra: mean products, ``(batch, 9, bands, frames)``, see
        :func:`obspy_tng.signal.frames.frame_cross_spectra`.
    :param weights: independent samples per band and frame, ``(..., bands, frames)``; 1 for
        the axes along which they do not vary.
    :return: ``(batch,)``.
    """
    # in units of D: correlations, with the powers of Z, N, E relative to the model's
    half = (-0.5 * log_power).exp()
    z, n, e = (spectra[:, i] * half[:, i].square() for i in range(3))
    nz, ez, en = (torch.complex(spectra[:, k], spectra[:, k + 1]) * (half[:, i] * half[:, j])
                  for k, i, j in ((3, 1, 0), (5, 2, 0), (7, 2, 1)))
    p, q, r = (torch.complex(coefficients[:, k], coefficients[:, k + 1]) for k in (0, 2, 4))
    second = 1 + p.abs().square()
    third = 1 + q.abs().square() + r.abs().square()
    # V^-1 y by substitution: w1 = z; w2 = |row 2| n - p z; w3 = |row 3| e - q w1 - r w2
    scale = second.sqrt()
    nn = second * n + p.abs().square() * z - 2 * scale * (p.conj() * nz).real
    a = q - r * p           # of z in what is taken from e
    b = r * scale           # of n
    ee = (third * e + a.abs().square() * z + b.abs().square() * n
          - 2 * third.sqrt() * (a.conj() * ez + b.conj() * en).real
          + 2 * (a.conj() * b * nz).real)
    log_det = log_power.sum(1) - second.log() - third.log()
    return ((log_det + z + nn + ee) * weights).sum((1, 2))
