"""Variational models of next to no size, and records for them."""

import numpy as np
import torch

from obspy_tng.models.conditional_vae import (
    ConditionalConfig,
    ConditionalModel,
)
from obspy_tng.models.spectrogram_vae import SpectrogramConfig, SpectrogramVAE

TINY = {"seq_len": 96, "d_model": 6, "d_ff": 6, "e_layers": 1, "d_layers": 1, "num_kernels": 2,
        "top_k": 1, "z_dim": 4, "station_dim": 3, "stations": ("A.A", "B.B")}
TINY_VAE = {"seq_len": 96, "nfft": 16, "hop": 4, "channels": 4, "layers": 2, "z_dim": 4,
            "station_dim": 3, "stations": ("A.A", "B.B")}
MODELS = {"conditional": (ConditionalModel, ConditionalConfig, TINY),
          "spectrogram": (SpectrogramVAE, SpectrogramConfig, TINY_VAE)}


def build(kind, **changes):
    model, config, size = MODELS[kind]
    torch.manual_seed(0)
    return model(config(**{**size, **changes}))


def records(n=3, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(96)[None, :, None]
    x = np.sin(2 * np.pi * t / rng.uniform(6, 30, (n, 1, 3)) + rng.uniform(0, 6, (n, 1, 3)))
    return torch.as_tensor(50 * x * np.exp(-t / 60) + rng.normal(0, 2, (n, 96, 3))).float()
