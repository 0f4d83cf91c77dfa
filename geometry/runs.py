"""Where do equal keys that follow each other begin, and what follows what around a ring?"""

import numpy as np

__all__ = ["following", "preceding", "run_starts"]


def run_starts(keys: np.ndarray) -> np.ndarray:
    """Place of the first of every run of equal keys (r,), of whole numbers from 0 (n,): what
    `np.ufunc.reduceat` asks for.
    """
    return np.flatnonzero(np.diff(keys, prepend=-1))


def following(ring: np.ndarray) -> np.ndarray:
    """What follows each of a ring (n, …); `np.roll` takes five times as long over a short one."""
    return np.concatenate([ring[1:], ring[:1]])


def preceding(ring: np.ndarray) -> np.ndarray:
    """What precedes each of a ring (n, …)."""
    return np.concatenate([ring[-1:], ring[:-1]])
