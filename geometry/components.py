"""Which things hang together when some of them are connected in pairs?"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["components"]


def components(pairs: np.ndarray, count: int) -> np.ndarray:
    """Number (count,) from 0 of the component of each of count things that pairs (k, 2) connect."""
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])
