"""Where do equal keys that follow each other begin?"""

import numpy as np

__all__ = ["run_starts"]


def run_starts(keys: np.ndarray) -> np.ndarray:
    """Place of the first of every run of equal keys (r,), of whole numbers from 0 (n,): what
    `np.ufunc.reduceat` asks for.
    """
    return np.flatnonzero(np.diff(keys, prepend=-1))
