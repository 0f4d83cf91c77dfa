"""Which of two rows belong together one to one, at the least price in all?"""

import itertools

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

__all__ = ["NO_PAIR", "cheapest_pairs"]

LARGEST_TABLE = 4_000_000  # prices of all with all: 32 MB, and a second

NO_PAIR = 1e3  # price of two that cannot be one: far above any other


def cheapest_pairs(pairs: np.ndarray, prices: np.ndarray, dearest: float) -> list[int]:
    """Places of the pairs that are chosen, none of them dearer than `dearest`.

    pairs (n, 2): a row of each side, no pair twice; prices (n,). What shares no pair is settled
    apart, so that thousands which each may only take a near one cost no table of all with all.
    """
    possible = np.flatnonzero(prices < NO_PAIR)
    if not len(possible):
        return []
    rows, columns = pairs[possible].T
    row_ids, mine = np.unique(rows, return_inverse=True)
    column_ids, theirs = np.unique(columns, return_inverse=True)
    count = len(row_ids) + len(column_ids)
    graph = coo_array(
        (np.ones(len(possible), bool), (mine, len(row_ids) + theirs)), shape=(count, count)
    )
    found, group = connected_components(graph, directed=False)
    order = np.argsort(group[mine], kind="stable")
    ends = np.searchsorted(group[mine][order], np.arange(found + 1))
    chosen: list[int] = []
    for first, last in itertools.pairwise(ends):
        some = order[first:last]
        own, row = np.unique(mine[some], return_inverse=True)
        other, column = np.unique(theirs[some], return_inverse=True)
        if len(own) * len(other) > LARGEST_TABLE:
            chosen += possible[some[_sparse(row, column, prices[possible[some]], dearest)]].tolist()
            continue
        table = np.full((len(own), len(other)), NO_PAIR)
        table[row, column] = prices[possible[some]]
        place = np.full(table.shape, -1)
        place[row, column] = possible[some]
        best = linear_sum_assignment(table)
        chosen += [int(p) for p in place[best] if p >= 0 and prices[p] <= dearest]
    return chosen


def _sparse(row: np.ndarray, column: np.ndarray, price: np.ndarray, dearest: float) -> np.ndarray:
    """Places of the pairs that are chosen where a table would be too large; every row may also
    stay alone, at a price just above `dearest`.
    """
    count, width = int(row.max()) + 1, int(column.max()) + 1
    alone = np.arange(count)
    rows, columns = np.append(row, alone), np.append(column, width + alone)
    # the solver takes no price of nothing
    prices = 1.0 + np.append(price, np.full(count, np.nextafter(dearest, np.inf)))
    graph = coo_array((prices, (rows, columns)), shape=(count, width + count)).tocsr()
    mine, theirs = min_weight_full_bipartite_matching(graph)
    paired = theirs < width
    return np.flatnonzero(np.isin(row * width + column, mine[paired] * width + theirs[paired]))
