"""An examination without the kernel: it says what the file's words say."""

import ctypes
import os
import time
from dataclasses import dataclass
from pathlib import Path

from geometry.errors import TruncatedFile


@dataclass(frozen=True)
class Examination:
    record: dict
    blobs: dict


def examine(data, *, name, depicted=False, progress=None, careful=False):
    """Parts named by the words of the file; words with a colon make it behave badly."""
    words = data.decode().split()
    for word in words:
        verb, _, value = word.partition(":")
        if verb == "truncated":
            raise TruncatedFile("the file ends before its end", where="byte 7", hint="copy it")
        if verb == "crash" and not careful:
            ctypes.string_at(0)
        if verb == "sleep":
            if progress:
                progress(0.5, "meshing")
            time.sleep(float(value))
        if verb == "count":
            with Path(value).open("a") as log:
                log.write(f"{os.getpid()}\n")
    named = [word for word in words if ":" not in word and word != "truncated"]
    return Examination(
        {
            "source": {"name": name, "sha256": "", "bytes": len(data), "unit": "mm"},
            "warnings": [],
            "assembly": {"name": name, "children": []},
            "parts": [part(index, word) for index, word in enumerate(named)],
            "timing_s": {"total": 0.1},
        },
        {"digest": data, **(depict(data, named) if depicted else {})},
    )


def depict(digest, _):
    """What is shown of the first part."""
    return {
        "0.glb": b"glb " + digest,
        "0.png": b"png " + digest,
        "0.descriptor": b"numbers " + digest,
    }


def compare(a, b):
    """Which two digests were compared."""
    return {
        side: {"name": each.name, "part": each.part, "digest": each.data.decode()}
        for side, each in (("a", a), ("b", b))
    }


def unfold(data, *_, careful=False, **__):
    """A flat without a line; `crash` as above."""
    if b"crash:" in data and not careful:
        ctypes.string_at(0)
    return {"warnings": []}, {"svg": b"svg of " + data}


def part(index, name):
    return {
        "index": index,
        "name": name,
        "count": 1,
        "closed": True,
        "size_mm": [30.0, 20.0, 10.0],
        "bbox_mm": [[0.0, 0.0, 0.0], [30.0, 20.0, 10.0]],
        "volume_mm3": 6000.0,
        "area_mm2": 2200.0,
        "centroid_mm": [15.0, 10.0, 5.0],
        "faces": [{"surface": "plane", "area_mm2": 100.0, "features": []}] * 6,
        "features": [],
        "facts": {},
        "warnings": [],
    }
