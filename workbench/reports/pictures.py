"""Which pictures does a report have, and what do they look like? Drawing is a worker's job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from workbench.feature_colours import COLOURS as FEATURE_COLOURS
from workbench.feature_colours import faces_by_type
from workbench.reports.facts import GRAVE, ranked

__all__ = [
    "COLOURS",
    "FEATURES",
    "FLAT",
    "MAIN",
    "Shot",
    "draw",
    "draw_pair",
    "gravest",
    "has_flat",
    "shots",
    "shown_on",
]

MAIN = "main"
FEATURES = "features"  # every feature in the colour of its type
FLAT = "flat"  # the flat pattern of a sheet part, SVG
BENT = ("sheet_metal", "stamping")
MAIN_PX = 840
FEATURES_PX = 640
FINDING_PX = 400
PAIR_PX = 720
LONGEST_NAME = 100  # characters of face numbers in a picture's name; file systems end at 255
MOST_GRAVEST = 3  # findings on the first page
COLOURS = {"critical": "#c62828", "major": "#e2711d", "minor": "#d4a514", "advice": "#4c9a6a"}


@dataclass(frozen=True)
class Shot:
    """A picture to be drawn: faces by the colour that they get."""

    name: str
    size_px: int
    marks: Mapping[str, tuple[int, ...]]


def has_flat(part: Mapping[str, Any]) -> bool:
    """Whether sheet is what suits the part best, and it was unfolded."""
    best = next(iter(part["processes"]), None)
    return best is not None and best["process"] in BENT and "k_factor" in best["metrics"]


def gravest(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What stands most in the way of the best process: at most three findings, no advice."""
    if not part["processes"]:
        return []
    found = ranked(part, part["processes"][0])
    return [each for each in found if each["severity"] != "advice"][:MOST_GRAVEST]


def shots(part: Mapping[str, Any]) -> list[Shot]:
    """The part with its gravest findings, with its features, and with the faces of each finding
    that is told in full or is grave.
    """
    first = gravest(part)
    marks: dict[str, tuple[int, ...]] = {}
    for finding in reversed(first):  # the gravest is painted last, over the others
        colour = COLOURS[finding["severity"]]
        marks[colour] = (*marks.pop(colour, ()), *finding["faces"])
    wanted = [Shot(MAIN, MAIN_PX, {colour: faces for colour, faces in marks.items() if faces})]
    if painted := faces_by_type(part["features"]):
        paint = {FEATURE_COLOURS[kind]: faces for kind, faces in painted.items()}
        wanted.append(Shot(FEATURES, FEATURES_PX, paint))
    wanted += {shot.name: shot for shot in map(_shot, _pictured(part)) if shot}.values()
    return wanted


def shown_on(part: Mapping[str, Any]) -> dict[str, str]:
    """The name of the picture of each finding that has one, by the finding's id."""
    return {finding["id"]: shot.name for finding in _pictured(part) if (shot := _shot(finding))}


def _pictured(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    in_full = {each["process"] for each in part["processes"] if each["verdict"] != "unsuitable"}
    return gravest(part) + [
        finding
        for finding in part["findings"]
        if finding["severity"] in GRAVE or finding["process"] in in_full
    ]


def _shot(finding: Mapping[str, Any]) -> Shot | None:
    """Findings of several processes about the same faces share a picture."""
    if not finding["faces"]:
        return None
    faces = tuple(sorted(set(finding["faces"])))
    told = "-".join(map(str, faces))
    if len(told) > LONGEST_NAME:
        told = sha256(told.encode()).hexdigest()
    name = f"{finding['severity']}-{told}"
    return Shot(name, FINDING_PX, {COLOURS[finding["severity"]]: faces})


def draw(
    glb: bytes,
    wanted: list[Shot],
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, bytes]:
    """The pictures as PNG by name. Runs in a worker: it loads the ray caster."""
    import numpy as np

    from geometry.display import mesh_of_gltf
    from geometry.fields.rays import RayScene
    from geometry.picture import marked_picture

    mesh = mesh_of_gltf(glb)
    scene = RayScene(np.asarray(mesh.vertices_mm), np.asarray(mesh.triangles))
    drawn = {}
    for number, shot in enumerate(wanted):
        if progress is not None:
            progress(number / len(wanted), "picture")
        drawn[shot.name] = marked_picture(mesh, shot.marks, size_px=shot.size_px, scene=scene)
    return drawn


def draw_pair(
    glb_a: bytes,
    glb_b: bytes,
    alignment: Any,
    marks_a: Mapping[str, list[int]],
    marks_b: Mapping[str, list[int]],
    *,
    coloured: bytes | None = None,
    heat_mm: float | None = None,
    size_px: int = PAIR_PX,
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, bytes]:
    """Both sides of a comparison from one eye, B laid on A: PNG under `a` and `b`.

    alignment (4, 4) lays A on B. coloured: the GLB of B with its deviation, drawn under `heat`
    with red at `heat_mm`. Runs in a worker: it loads the ray caster.
    """
    from dataclasses import replace

    import numpy as np

    from geometry.display import mesh_of_gltf, scalars_of_gltf
    from geometry.picture import heat_picture, marked_picture, view_of

    back = np.linalg.inv(np.asarray(alignment, dtype=float))

    def laid(glb: bytes) -> Any:
        mesh = mesh_of_gltf(glb)
        return replace(mesh, vertices_mm=mesh.vertices_mm @ back[:3, :3].T + back[:3, 3])

    a, b = mesh_of_gltf(glb_a), laid(glb_b)
    frame = np.concatenate([a.vertices_mm, b.vertices_mm])
    # what is new is looked at first; where nothing is, what was
    shown, marks = (b, marks_b) if any(marks_b.values()) else (a, marks_a)
    view = view_of(shown, [face for faces in marks.values() for face in faces])
    drawn = {}
    for name, mesh, faces in (("a", a, marks_a), ("b", b, marks_b)):
        if progress is not None:
            progress(0.5 * len(drawn), "picture")
        drawn[name] = marked_picture(mesh, faces, size_px=size_px, view=view, frame_mm=frame)
    if coloured is not None and heat_mm:
        shares = scalars_of_gltf(coloured, "deviation").mean(axis=1) / heat_mm
        drawn["heat"] = heat_picture(
            laid(coloured), np.minimum(shares, 1.0), size_px=size_px, view=view, frame_mm=frame
        )
    return drawn
