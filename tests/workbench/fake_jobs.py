"""Jobs that do what bad files make the kernel do, for real."""

import ctypes
import os
import sys
import time

from geometry.errors import NotStep


def add(a, b):
    return a + b


def process_number():
    return os.getpid()


def crash():
    ctypes.string_at(0)


def crash_without_a_word():
    os._exit(7)


def hang():
    while True:
        pass


def hang_in_native_code():
    """One endless call into C, as a kernel's loop is: no Python signal handler ever runs."""
    ctypes.PyDLL(None).pause()


def blow_up():
    held = []
    while True:
        held.append(bytearray(50_000_000))


def blow_up_at_once():
    return len(bytearray(64 << 30))


def blow_up_in_native_code():
    """Like a kernel that does not check its allocations: writes to what malloc refused."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]
    while True:
        block = libc.malloc(20_000_000)
        ctypes.memset(block, 1, 20_000_000)


def burn_cpu_forever(limit_s):
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 1))
    while True:
        pass


def count_slowly(steps, progress):
    for step in range(steps):
        progress((step + 1) / steps, f"step {step + 1}")
        time.sleep(0.02)
    return steps


def report_then_crash(progress):
    progress(0.5, "half way")
    ctypes.string_at(0)


def report_then_hang(progress):
    progress(0.1, "started")
    while True:
        pass


def refuse(name):
    raise NotStep(
        "this is IGES, not STEP", where="byte 0", hint="export it", found="IGES", name=name
    )


def fail():
    raise RuntimeError("a bug, not a bad file")


def chatter():
    sys.stdout.write("Python prints what it likes\n")
    os.write(1, b"and past Python too\n")
    os.write(2, b"on both channels\n")
    return "done"


def length(data):
    return len(data)


def return_bytes(count):
    return b"x" * count


def threads_variable():
    return os.environ.get("OMP_NUM_THREADS"), "OCP" in sys.modules


def core_limit():
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE)


def sleep(seconds):
    time.sleep(seconds)
    return seconds
