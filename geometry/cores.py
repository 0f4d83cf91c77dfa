"""How many cores may this process use?"""

import os

__all__ = ["usable_cores"]


def usable_cores() -> int:
    """As many as the system leaves it, where it tells; else as many as there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
