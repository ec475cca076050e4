"""What the samples of agency files are made of."""

from typing import NamedTuple

import numpy as np
from obspy import UTCDateTime

G = 9.80665
START = UTCDateTime(2017, 9, 19, 18, 14, 45, 500000)
ORIGIN = UTCDateTime(2017, 9, 19, 18, 14, 40)
DELTA = 0.01


class Sample(NamedTuple):
    """Bytes of a file, channel ids, samples ``(channels, npts)`` in m/s^2, tolerance."""

    raw: bytes
    ids: tuple
    data: np.ndarray
    tolerance: float
    starttime: UTCDateTime | None = START


def rows(npts=203, channels=3, seed=1):
    """Noise with a burst, m/s^2; one value of each channel needs a full field."""
    data = np.random.default_rng(seed).normal(0.0, 0.5, (channels, npts))
    data *= 0.05 + np.exp(-0.5 * ((np.arange(npts) - 80) / 20.0) ** 2)
    data[:, 81] = (-9.87654321, 8.7654321, -7.654321)[:channels]
    data[:, 82] = (-9.1, -8.1, -7.1)[:channels]
    return data


def fixed(values, width, decimals, per_line):
    """Fortran ``(nFw.d)``: neighbours touch where a value fills its field."""
    fields = [f"{v:.{decimals}f}".rjust(width) for v in values]
    return ["".join(fields[i:i + per_line]) for i in range(0, len(fields), per_line)]


def integers(values, width, per_line, size):
    values = [values.get(i + 1, -999) for i in range(size)]
    return ["".join(str(v).rjust(width) for v in values[i:i + per_line])
            for i in range(0, size, per_line)]


def reals(values, form, per_line, size, missing=-999.0):
    values = [values.get(i + 1, missing) for i in range(size)]
    return ["".join(format(v, form) for v in values[i:i + per_line])
            for i in range(0, size, per_line)]


def encode(lines, newline="\n", encoding="latin-1"):
    return (newline.join(lines) + newline).encode(encoding)
