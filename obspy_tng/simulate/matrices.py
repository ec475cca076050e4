"""
2 x 2 matrices of arrays, as tuples ``(a, b, c, d)`` by rows.

Each element is an array over many matrices. Computing element by element is several times as fast
as NumPy's products and inverses of stacks of matrices.
"""


def multiply(a, b):
    """Product of two 2 x 2 matrices."""
    return (a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
            a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3])


def invert(a):
    """Inverse of a 2 x 2 matrix."""
    scale = 1 / (a[0] * a[3] - a[1] * a[2])
    return a[3] * scale, -a[1] * scale, -a[2] * scale, a[0] * scale


def combine(a, b, factor=1.0):
    """``a + factor * b`` of two 2 x 2 matrices."""
    return tuple(x + factor * y for x, y in zip(a, b, strict=True))


def through(matrix, left, right):
    """``diag(left) matrix diag(right)``: a 2 x 2 matrix at the other side of a layer."""
    return (matrix[0] * left[0] * right[0], matrix[1] * left[0] * right[1],
            matrix[2] * left[1] * right[0], matrix[3] * left[1] * right[1])
