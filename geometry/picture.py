"""What does a part look like? A small picture by ray casting, without a display."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.spatial import ConvexHull, QhullError

from geometry.display import HEAT
from geometry.fields.rays import RayScene

if TYPE_CHECKING:
    from geometry.mesh import Mesh

__all__ = ["marked_picture", "picture", "view_of"]

VIEW = np.array([1.0, -1.25, 0.95])  # the eye of an isometric drawing, seen slightly from above
LIGHT = np.array([-0.35, -0.6, 0.9])  # key light over the left shoulder
STEEL = np.array([168.0, 178.0, 190.0])
INK = np.array([38.0, 45.0, 54.0])
BLACKEST = 52.0  # black bodies are drawn this light, so that their edges and the dark page differ
# rays a pixel and direction where faces end: edges one pixel wide stay calm
SUPERSAMPLES = 2
MARGIN = 1.06
CREASE_COS = float(np.cos(np.radians(25.0)))  # smaller turns between faces are no visible edge
OUTLINE_SHARE = 0.03  # of half the view: a step in depth that reads as an outline
PAPER = np.array([228.0, 233.0, 239.0])  # a body light enough for any mark to stand out
BRIGHT = 1.14  # marks keep their hue on faces turned from the light
THROUGH = 0.42  # how much of a mark shows through what lies before it
LOOK_PX = 72  # views are tried at this size: a face too small for it gets a ring anyway
USUAL_VIEW_BONUS = 1.15  # the reader knows the part from this side: another must show more
FROM_ABOVE_BONUS = 1.05
RING_BELOW = 0.022  # of the picture: a mark smaller than that is easily missed
RING = 0.045  # of the picture: the radius of the ring around it
MOST_RINGS = 12  # more of them hide the part
_INK_RGBA = (*INK.astype(np.uint8).tolist(), 255)


def picture(
    mesh: "Mesh",
    *,
    size_px: int = 256,
    colour: str | None = None,
    scene: RayScene | None = None,
) -> bytes:
    """The part as a square PNG on transparent ground.

    colour: `#rrggbb` of the body, steel grey when absent; scene: of this mesh, if there is one.
    """
    points = np.asarray(mesh.vertices_mm, dtype=np.float64)
    scene = scene or RayScene(points, np.asarray(mesh.triangles))
    coarse = _sight(points, VIEW, size_px)
    seen = _seen(scene, coarse)
    restless = _restless(mesh, *seen, coarse.half_mm)
    fine = _sight(points, VIEW, size_px * SUPERSAMPLES, _samples_of(restless))
    triangle, distance_mm = (_blown_up(each) for each in seen)
    distance_mm.ravel()[fine.pixels], triangle.ravel()[fine.pixels] = _cast(scene, fine)
    look = _Look(mesh, _rgb(colour), fine)
    return _png(Image.fromarray(_averaged(look, seen[0], restless, triangle, distance_mm), "RGBA"))


def _samples_of(wanted: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the samples of some pixels (n, n)."""
    row, column = np.nonzero(wanted)
    within = np.indices((SUPERSAMPLES, SUPERSAMPLES)).reshape(2, -1)
    rows, columns = row[:, None] * SUPERSAMPLES, column[:, None] * SUPERSAMPLES
    return (rows + within[0]).ravel(), (columns + within[1]).ravel()


def _averaged(
    look: "_Look",
    coarse: NDArray[np.int32],
    restless: NDArray[np.bool_],
    triangle: NDArray[np.int32],
    distance_mm: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Colours (n, n, 4) of pixels, where they are restless or inked the mean of their samples.

    coarse: triangle of each pixel (n, n); triangle, distance_mm: of all samples (m, m).
    """
    image, ink = look.colours(coarse), look.ink(triangle, distance_mm)
    chosen = restless.copy()
    for i, j in np.ndindex(SUPERSAMPLES, SUPERSAMPLES):
        chosen |= ink[i::SUPERSAMPLES, j::SUPERSAMPLES]
    row, column = np.nonzero(chosen)
    square = (len(coarse), SUPERSAMPLES, len(coarse), SUPERSAMPLES)
    samples = look.colours(triangle.reshape(square)[row, :, column])
    samples[ink.reshape(square)[row, :, column]] = _INK_RGBA
    if len(row):  # one below the other: the mean that PIL takes of a whole picture
        tall = Image.fromarray(samples.reshape(-1, SUPERSAMPLES, 4), "RGBA")
        image[row, column] = np.asarray(tall.reduce(SUPERSAMPLES))[:, 0]
    return image


def marked_picture(
    mesh: "Mesh",
    marks: Mapping[str, Sequence[int]],
    *,
    size_px: int = 480,
    view: NDArray[np.float64] | None = None,
    scene: RayScene | None = None,
    frame_mm: NDArray[np.float64] | None = None,
) -> bytes:
    """The part in pale grey with faces painted, as a PNG trimmed to what is seen.

    marks: faces by colour (`#rrggbb`), a later colour over an earlier one; what other faces hide
    shows through them faintly, and a mark that is small in the picture gets a ring.
    view: direction (3,) towards the eye; by default the one that shows most of the marks.
    frame_mm: points (n, 3) that the picture has room for instead of being trimmed, so that pictures
    of several parts are of one size.
    """
    points = np.asarray(mesh.vertices_mm, dtype=np.float64)
    triangles = np.asarray(mesh.triangles)
    owner = np.asarray(mesh.face_of_triangle)
    scene = scene or RayScene(points, triangles)
    paint = np.tile(PAPER, (len(triangles), 1))
    marked = np.zeros(len(triangles), dtype=bool)
    for colour, faces in marks.items():
        chosen = np.isin(owner, list(faces))
        paint[chosen] = BRIGHT * np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        marked |= chosen
    if view is None:
        view = view_of(mesh, np.unique(owner[marked]).tolist(), scene=scene)
    sight = _sight(points if frame_mm is None else frame_mm, view, size_px * SUPERSAMPLES)
    finish = _trimmed if frame_mm is None else lambda whole: whole
    triangle, distance_mm = _seen(scene, sight)
    look = _Look(mesh, paint, sight)
    image = look.colours(triangle)
    image[look.ink(triangle, distance_mm)] = _INK_RGBA
    if not marked.any():
        return _png(finish(_small(image, size_px)))
    own = np.flatnonzero(marked)
    behind, deep_mm = _seen(RayScene(points, triangles[own]), sight)
    behind = np.where(behind >= 0, own[behind], -1)
    hidden = (behind >= 0) & (triangle >= 0) & (behind != triangle)
    hidden &= deep_mm > distance_mm + 1e-4 * sight.half_mm
    hidden &= ~marked[np.maximum(triangle, 0)]
    through = image[hidden, :3] * (1 - THROUGH) + paint[behind[hidden]] * THROUGH
    image[hidden, :3] = np.clip(through, 0, 255).astype(np.uint8)
    small = _small(image, size_px)
    shown = np.where(behind >= 0, owner[np.maximum(behind, 0)], -1)
    colour_of = {face: colour for colour, faces in marks.items() for face in faces}
    _ring(small, shown, colour_of)
    return _png(finish(small))


def heat_picture(
    mesh: "Mesh",
    shares: NDArray[np.float64],
    *,
    size_px: int = 480,
    view: NDArray[np.float64] | None = None,
    frame_mm: NDArray[np.float64] | None = None,
) -> bytes:
    """The part with its triangles painted from blue at 0 to red at 1, pale grey where nan, as PNG.

    shares: (t,); view, frame_mm: as of `marked_picture`.
    """
    points = np.asarray(mesh.vertices_mm, dtype=np.float64)
    paint = np.tile(PAPER, (len(shares), 1))
    known = np.isfinite(shares)
    steps = np.linspace(0.0, 1.0, len(HEAT))
    rgb = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in HEAT], float)
    for channel in range(3):
        paint[known, channel] = BRIGHT * np.interp(shares[known], steps, rgb[:, channel])
    sight = _sight(
        points if frame_mm is None else frame_mm,
        VIEW if view is None else view,
        size_px * SUPERSAMPLES,
    )
    triangle, distance_mm = _seen(RayScene(points, np.asarray(mesh.triangles)), sight)
    look = _Look(mesh, paint, sight)
    image = look.colours(triangle)
    image[look.ink(triangle, distance_mm)] = _INK_RGBA
    small = _small(image, size_px)
    return _png(small if frame_mm is not None else _trimmed(small))


def view_of(
    mesh: "Mesh", faces: Sequence[int], *, scene: RayScene | None = None
) -> NDArray[np.float64]:
    """The direction (3,) towards the eye from which most of these faces are seen.

    The eight corners of the box and the side that the faces look to are tried by casting rays;
    seeing every face a little counts for more than seeing one of them in full.
    """
    owner = np.asarray(mesh.face_of_triangle)
    wanted = np.isin(owner, list(faces))
    if not wanted.any():
        return VIEW
    points = np.asarray(mesh.vertices_mm, dtype=np.float64)
    scene = scene or RayScene(points, np.asarray(mesh.triangles))
    best, most = VIEW, -1.0
    for bonus, view in _views(mesh, wanted):
        triangle, _ = _seen(scene, _sight(points, view, LOOK_PX))
        seen = triangle[triangle >= 0]
        _, pixels = np.unique(owner[seen[wanted[seen]]], return_counts=True)
        score = bonus * float(np.sqrt(pixels).sum())
        if score > most:
            best, most = view, score
    return best


def _views(mesh: "Mesh", wanted: NDArray[np.bool_]) -> Iterator[tuple[float, NDArray[np.float64]]]:
    """Directions worth a try, each with what it counts for beside what it shows."""
    yield USUAL_VIEW_BONUS, VIEW
    for x in (1.0, -1.0):
        for y in (1.0, -1.0):
            for z in (1.0, -1.0):
                if (x, y, z) != (1.0, 1.0, 1.0):
                    yield FROM_ABOVE_BONUS if z > 0 else 1.0, VIEW * (x, y, z)
    corners = np.asarray(mesh.vertices_mm)[np.asarray(mesh.triangles)[wanted]]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).sum(axis=0)
    length = float(np.linalg.norm(facing))
    if length > 0:
        # a little from the usual side, so that the part keeps its depth
        yield 1.0, facing / length + 0.35 * VIEW / np.linalg.norm(VIEW)


@dataclass(frozen=True)
class _Sight:
    """Rays of a parallel view: those that can meet the part."""

    middle_mm: NDArray[np.float64]  # (3,)
    offsets_mm: NDArray[np.float32]  # (m, 3) where each starts, seen from the middle
    pixels: NDArray[np.int64]  # (m,) place of each ray in the picture, row by row
    ahead: NDArray[np.float64]  # (3,) where all of them go
    half_mm: float  # half the width of the view
    count: int  # pixels a side


def _sight(
    points: NDArray[np.float64],
    view: NDArray[np.float64],
    count: int,
    wanted: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> _Sight:
    """Rays of a parallel view that holds all points; wanted: rows and columns of pixels, for these
    alone.
    """
    right, up, ahead = _camera(view)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    seen = (points - middle) @ np.column_stack([right, up, ahead])
    shift = (seen.min(axis=0) + seen.max(axis=0)) / 2
    half_mm = float((seen.max(axis=0) - seen.min(axis=0))[:2].max()) / 2 * MARGIN or 1.0
    ticks = ((np.arange(count) + 0.5) / count * 2 - 1) * half_mm
    across, upward = ticks + shift[0], shift[1] - ticks
    row, column = _within(seen[:, :2], across, upward) if wanted is None else wanted
    depth_mm = float(seen[:, 2].min()) - half_mm
    left = (upward[:, None] * up + depth_mm * ahead).astype(np.float32)
    offsets_mm = left.take(row, axis=0)
    offsets_mm += (across[:, None] * right).astype(np.float32).take(column, axis=0)
    return _Sight(middle, offsets_mm, row * count + column, ahead, half_mm, count)


def _within(
    points: NDArray[np.float64], across: NDArray[np.float64], upward: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pixels in the hull of points (n, 2): nothing can be met elsewhere.

    across (c,) ascending and upward (r,) are where columns and rows lie.
    """
    try:
        ring = points[ConvexHull(points).vertices]
    except QhullError:  # seen from its edge
        row, column = np.divmod(np.arange(len(upward) * len(across)), len(across))
        return row, column
    start, end = ring, np.roll(ring, -1, axis=0)
    rise = end[:, 1] - start[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (upward[:, None] - start[:, 1]) / rise
    met = (part >= 0) & (part <= 1)
    place = start[:, 0] + np.where(met, part, 0.0) * (end[:, 0] - start[:, 0])
    # one pixel more on each side: the ray caster computes in single precision
    first = np.searchsorted(across, np.where(met, place, np.inf).min(axis=1)) - 1
    last = np.searchsorted(across, np.where(met, place, -np.inf).max(axis=1)) + 1
    first, last = np.maximum(first, 0), np.minimum(last, len(across))
    width = np.where(met.any(axis=1), last - first, 0)
    row = np.repeat(np.arange(len(upward)), width)
    column = np.arange(len(row)) - np.repeat(np.cumsum(width) - width - first, width)
    return row, column


def _seen(scene: RayScene, sight: _Sight) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Triangle (n, n), −1 where there is none, and its distance (n, n) mm."""
    triangle = np.full(sight.count**2, -1, dtype=np.int32)
    distance_mm = np.full(sight.count**2, np.inf, dtype=np.float32)
    distance_mm[sight.pixels], triangle[sight.pixels] = _cast(scene, sight)
    shape = (sight.count, sight.count)
    return triangle.reshape(shape), distance_mm.reshape(shape)


def _cast(scene: RayScene, sight: _Sight) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Distance (m,) mm and triangle (m,) of each ray."""
    shift = (sight.middle_mm - scene.centre_mm).astype(np.float32)
    return scene.first_hits(sight.offsets_mm + shift, sight.ahead)


def _restless(
    mesh: "Mesh", triangle: NDArray[np.int32], distance_mm: NDArray[np.float32], half_mm: float
) -> NDArray[np.bool_]:
    """Pixels (n, n) in which or beside which another face begins or the depth jumps."""
    face = np.append(np.asarray(mesh.face_of_triangle), -1)[triangle]
    depth_mm = np.where(triangle >= 0, distance_mm, 0.0)
    found = np.zeros(triangle.shape, dtype=bool)
    for axis in (0, 1):
        here, there = _neighbours(axis)
        turn = (face[here] != face[there]) | (
            np.abs(depth_mm[here] - depth_mm[there]) > OUTLINE_SHARE * half_mm
        )
        found[here] |= turn
        found[there] |= turn
    for axis in (0, 1):  # and the pixels around them, where an outline may bend
        here, there = _neighbours(axis)
        wide = found.copy()
        wide[here] |= found[there]
        wide[there] |= found[here]
        found = wide
    return found


def _blown_up(image: NDArray[Any]) -> NDArray[Any]:
    """Each pixel as a square of samples."""
    return np.repeat(np.repeat(image, SUPERSAMPLES, axis=0), SUPERSAMPLES, axis=1)


def _small(image: NDArray[np.uint8], size_px: int) -> Image.Image:
    shrink = len(image) // size_px
    return Image.fromarray(image, "RGBA").reduce(shrink)  # the mean of each pixel's rays


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _trimmed(image: Image.Image) -> Image.Image:
    """Without the empty ground around the part."""
    box = image.getchannel("A").getbbox()
    return image.crop(box) if box else image


def _ring(image: Image.Image, shown: NDArray[np.int64], colour_of: Mapping[int, str]) -> None:
    """Draw a ring around each mark that is small in the picture, unless there are many.

    shown: (n, n) the marked face at each sample, −1 where there is none.
    """
    size, count = image.width, len(shown)
    places: list[tuple[float, float, str]] = []
    for face in np.unique(shown[shown >= 0]).tolist():
        rows, columns = np.nonzero(shown == face)
        if max(np.ptp(rows), np.ptp(columns)) / 2 / count > RING_BELOW:
            continue
        x = (columns.min() + columns.max()) / 2 / count * size
        y = (rows.min() + rows.max()) / 2 / count * size
        if not any(abs(x - a) + abs(y - b) < RING * size for a, b, _ in places):
            places.append((x, y, colour_of[face]))
    if len(places) > MOST_RINGS:
        return
    draw = ImageDraw.Draw(image)
    radius = RING * size
    for x, y, colour in places:
        box = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(box, outline=colour, width=max(2, size // 160))


def _camera(
    view: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    ahead = -view / np.linalg.norm(view)
    upright = [0.0, 0.0, 1.0] if abs(ahead[2]) < 0.999 else [0.0, 1.0, 0.0]
    right = np.cross(ahead, upright)
    right /= np.linalg.norm(right)
    return right, np.cross(right, ahead), ahead


def _rgb(colour: str | None) -> NDArray[np.float64]:
    if not colour:
        return STEEL
    given = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
    return BLACKEST + given * (255.0 - BLACKEST) / 255.0


class _Look:
    """How triangles look in a view: their colours in the light, and where ink runs."""

    def __init__(self, mesh: "Mesh", body: NDArray[np.float64], sight: _Sight) -> None:
        """body: one colour (3,), or one for each triangle (t, 3)."""
        towards_eye = -sight.ahead
        normals = np.where((mesh.normals @ towards_eye < 0)[:, None], -mesh.normals, mesh.normals)
        key = LIGHT / np.linalg.norm(LIGHT)
        light = 0.50 + 0.38 * np.clip(normals @ key, 0, 1)
        light += 0.28 * np.clip(normals @ towards_eye, 0, 1)
        # one row a triangle; the last row, which −1 means, is the empty ground
        self._rgba = np.zeros((len(normals) + 1, 4), dtype=np.uint8)
        self._rgba[:-1, :3] = np.clip(body * light[:, None], 0, 255)
        self._rgba[:-1, 3] = 255
        self._normals = np.concatenate([normals, np.zeros((1, 3))])
        self._face = np.append(np.asarray(mesh.face_of_triangle), -1).astype(np.int32)
        self._jump_mm = OUTLINE_SHARE * sight.half_mm

    def colours(self, triangle: NDArray[np.int32]) -> NDArray[np.uint8]:
        """RGBA (…, 4) of triangles (…)."""
        packed = self._rgba.view(np.uint32).ravel().take(triangle)
        return packed.view(np.uint8).reshape(*triangle.shape, 4)

    def ink(
        self, triangle: NDArray[np.int32], distance_mm: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Samples (m, m) beside which, right or below, the face turns sharply, another face begins
        or the depth jumps.
        """
        triangle, depth_mm = triangle.ravel(), distance_mm.ravel()
        face = self._face.take(triangle)
        found = np.zeros(len(face), dtype=bool)
        side = len(distance_mm)
        for step in (1, side):
            changes = face[:-step] != face[step:]
            if step == 1:
                changes[side - 1 :: side] = False  # the next row begins
            at = np.flatnonzero(changes)
            near, far = triangle[at], triangle[at + step]
            turn = np.einsum("ij,ij->i", self._normals[near], self._normals[far]) < CREASE_COS
            near_mm = np.where(near >= 0, depth_mm[at], 0.0)
            far_mm = np.where(far >= 0, depth_mm[at + step], 0.0)
            found[at] |= turn | (np.abs(near_mm - far_mm) > self._jump_mm)
        return found.reshape(side, side)


def _neighbours(axis: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    every, first, second = slice(None), slice(None, -1), slice(1, None)
    return ((first, every), (second, every)) if axis == 0 else ((every, first), (every, second))
