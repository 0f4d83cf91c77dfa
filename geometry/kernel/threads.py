"""May the kernel share work among threads? A part that is looked at alone is meshed in less time.

Every file has a process of its own, and where many files wait these keep the cores busy: a few
threads more take nothing from them but a hundredth of their time.
"""

import os
from functools import cache

from OCP.OSD import OSD_ThreadPool

from geometry.cores import usable_cores

__all__ = ["may_share"]

MOST_THREADS = 4  # of a process: a server with many cores has as many processes as cores


def may_share() -> bool:
    """Whether the kernel may work in threads of this process; they stand ready then.

    A process made by fork does not inherit those of its parent: it would wait for them without end.
    """
    return usable_cores() > 1 and _started_in() == os.getpid()


@cache
def _started_in() -> int:
    """The process that made the threads: as many as are asked for at first."""
    OSD_ThreadPool.DefaultPool_s(min(MOST_THREADS, usable_cores()))
    return os.getpid()
