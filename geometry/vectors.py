"""What is the cross product of a few vectors, and which are square to one?"""

import numpy as np

__all__ = ["cross", "square_to"]


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross products of vectors (…, 3), broadcast against each other.

    `np.cross` looks at axes of all kinds first: of two single vectors it takes twenty times as
    long as the product itself.
    """
    if a.ndim == b.ndim == 1:
        x, y, z = a.tolist()
        u, v, w = b.tolist()
        return np.array((y * w - z * v, z * u - x * w, x * v - y * u))
    x, y, z = a[..., 0], a[..., 1], a[..., 2]
    u, v, w = b[..., 0], b[..., 1], b[..., 2]
    found = np.zeros(np.broadcast_shapes(a.shape, b.shape))
    found[..., 0] = y * w - z * v
    found[..., 1] = z * u - x * w
    found[..., 2] = x * v - y * u
    return found


def square_to(direction: np.ndarray) -> np.ndarray:
    """Two unit vectors (2, 3) square to a direction and to each other, right-handed with it."""
    x = cross(direction, np.eye(3)[np.abs(direction).argmin()])
    x /= np.linalg.norm(x)
    return np.array([x, cross(direction, x)])
