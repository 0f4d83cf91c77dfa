"""Memory that is freed stays with the process, up to a bound."""

import ctypes
import sys

__all__ = ["keep_freed_memory"]

# parameters of mallopt, from glibc's malloc.h
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
KEPT_BYTES = 64 << 20  # free at the end of the heap before any goes back to the system
LARGEST_FROM_HEAP_BYTES = 32 << 20  # the most that mallopt takes: larger blocks are mapped alone


def keep_freed_memory() -> bool:
    """Has the allocator keep what is freed for what is asked for next; → whether it can be told
    so, as glibc can.

    An analysis makes thousands of short-lived arrays of some hundred kilobytes. Left alone, glibc
    gives each back to the system when it is freed, and the system clears every page of the next
    one: a thirtieth of the time of a small part.
    Source: mallopt(3), M_TRIM_THRESHOLD and M_MMAP_THRESHOLD.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return False
    told = [
        mallopt(_MMAP_THRESHOLD, LARGEST_FROM_HEAP_BYTES),
        mallopt(_TRIM_THRESHOLD, KEPT_BYTES),
    ]
    return all(told)
