"""2 x 2 matrices as tuples, against NumPy's."""

import numpy as np
import pytest

from obspy_tng.simulate.matrices import combine, invert, multiply, through


@pytest.fixture
def pair():
    """Two stacks of ten complex matrices, as tuples and as arrays ``(10, 2, 2)``."""
    rng = np.random.default_rng(0)
    a, b = (tuple(rng.standard_normal((4, 10)) + 1j * rng.standard_normal((4, 10)))
            for _ in range(2))
    return a, b, stack(a), stack(b)


def stack(matrix):
    return np.moveaxis(np.array(matrix).reshape(2, 2, -1), -1, 0)


def test_products_sums_and_inverses(pair):
    a, b, full_a, full_b = pair
    np.testing.assert_allclose(stack(multiply(a, b)), full_a @ full_b)
    np.testing.assert_allclose(stack(invert(a)), np.linalg.inv(full_a))
    np.testing.assert_allclose(stack(combine(a, b, -2.0)), full_a - 2 * full_b)


def test_through_a_layer(pair):
    a, b, full_a, full_b = pair
    left, right = b[:2], b[2:]
    np.testing.assert_allclose(
        stack(through(a, left, right)),
        full_b[:, 0, :, None] * np.eye(2) @ full_a @ (full_b[:, 1, :, None] * np.eye(2)))
