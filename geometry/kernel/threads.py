"""May the kernel share work among threads? A part that is looked at alone is meshed in less time.

Every file has a process of its own, and where many files wait these keep the cores busy: a few
threads more take nothing from them but a hundredth of their time.
"""

import os

from OCP.OSD import OSD_ThreadPool

__all__ = ["may_share"]

MOST_THREADS = 4  # of a process: a server with many cores has as many processes as cores


class _Pool:
    """The kernel's threads, which a process made by fork does not inherit: it would wait for those
    of its parent without end.
    """

    def __init__(self) -> None:
        self.started = self.lost = False

    def start(self) -> None:
        """Makes the threads, once: they are as many as are asked for at first."""
        if not self.started:
            OSD_ThreadPool.DefaultPool_s(min(MOST_THREADS, _cores()))
            self.started = True

    def forked(self) -> None:
        """In the child: what the parent had started is gone."""
        self.lost = self.started


_POOL = _Pool()
if hasattr(os, "register_at_fork"):  # only where there is fork
    os.register_at_fork(after_in_child=_POOL.forked)


def may_share() -> bool:
    """Whether the kernel may work in threads of this process; they stand ready then."""
    if _POOL.lost or _cores() == 1:
        return False
    _POOL.start()
    return True


def _cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
