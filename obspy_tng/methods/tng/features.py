"""Inputs of the network from a record and its earthquake."""

import numpy as np
import torch

from ...records.info import info_values

#: reference distance (km) and depth (km) of the features
USUAL_DISTANCE, USUAL_DEPTH = 150.0, 20.0
#: share of a record that is tapered at either end before its spectra are taken
END_TAPER = 0.01


def fill_share(powers):
    """
    Effective share of the frames that have energy, by the mean envelope.

    :param powers: array ``(components, bands, frames)``.
    :return: float, 1 for a constant envelope.

    .. rubric:: Example

    >>> float(fill_share(np.repeat([[[1.0, 0.0]]], 3, axis=0)))
    0.5
    """
    envelope = powers.mean((0, 1))
    return np.square(envelope.sum()) / (len(envelope) * np.square(envelope).sum())


def event_features(infos, window):
    """
    Features of earthquakes.

    :param infos: n dicts with ``magnitude``, ``distance`` and ``depth``; None or NaN: unknown.
    :param window: s.
    :return: float32 array ``(n, 6)``: magnitude, ln hypocentral distance, depth, whether the
        first two and the third are known, ln window; unknown ones are 0.
    """
    magnitude, distance, depth = (info_values(infos, key)
                                  for key in ("magnitude", "distance", "depth"))
    known, deep = np.isfinite(magnitude) & np.isfinite(distance), np.isfinite(depth)
    far = np.log(np.hypot(distance, np.where(deep, depth, USUAL_DEPTH)) / USUAL_DISTANCE + 1e-3)
    columns = [np.where(known, magnitude - 6, 0), np.where(known, far, 0),
               np.where(known & deep, np.minimum(depth, 100) / 50 - 0.8, 0), known, known & deep,
               np.full(len(infos), np.log(window / 60))]
    return np.stack(columns, axis=1).astype(np.float32)


def float_tensors(arrays, device):
    """
    Arrays as the networks take them.

    :param arrays: iterable of arrays.
    :param device: torch device.
    :return: list of float32 tensors of the same shapes.
    """
    return [torch.as_tensor(np.asarray(array, dtype=np.float32), device=device)
            for array in arrays]
