"""A picture shows the part, its colour and nothing else."""

import io

import cadquery as cq
import numpy as np
from PIL import Image
from shapes import part_of

from geometry.picture import picture


def pixels(png):
    image = Image.open(io.BytesIO(png))
    assert image.mode == "RGBA"
    return np.asarray(image).astype(int)


def test_a_box_fills_the_square_and_leaves_the_corners_clear():
    image = pixels(picture(part_of(cq.Workplane().box(30, 30, 30), odd=False).mesh, size_px=160))
    assert image.shape == (160, 160, 4)
    opaque = image[..., 3] > 128
    rows, columns = np.nonzero(opaque)
    assert rows.min() < 12 and rows.max() > 147  # an isometric cube is taller than wide
    assert columns.min() < 24 and columns.max() > 135
    assert not opaque[[0, 0, -1, -1], [0, -1, 0, -1]].any()


def test_a_through_hole_along_the_view_lets_the_ground_be_seen():
    plain = cq.Workplane().box(40, 40, 40)
    towards_eye = cq.Vector(1.0, -1.25, 0.95)
    plane = cq.Plane(cq.Vector() - towards_eye * 40, xDir=(1.25, 1.0, 0), normal=towards_eye)
    drilled = plain.cut(cq.Workplane(plane).circle(6).extrude(200))
    middle = (80, 80)
    assert pixels(picture(part_of(plain, odd=False).mesh, size_px=160))[middle][3] == 255
    assert pixels(picture(part_of(drilled, odd=False).mesh, size_px=160))[middle][3] == 0


def test_the_part_is_shown_in_its_colour():
    mesh = part_of(cq.Workplane().box(30, 30, 30), odd=False).mesh
    red = pixels(picture(mesh, size_px=96, colour="#c02020"))[48, 48]
    grey = pixels(picture(mesh, size_px=96))[48, 48]
    assert red[0] > 2 * red[2]
    assert abs(grey[0] - grey[2]) < 40


def test_a_part_far_from_the_origin_looks_the_same():
    box = cq.Workplane().box(30, 20, 10)
    near = pixels(picture(part_of(box, odd=False).mesh, size_px=96))
    far = pixels(picture(part_of(box.translate((5e5, -3e5, 2e5)), odd=False).mesh, size_px=96))
    assert np.mean(np.abs(near - far) > 8) < 0.01


def test_edges_where_faces_meet_sharply_are_drawn_dark():
    image = pixels(picture(part_of(cq.Workplane().box(30, 30, 30), odd=False).mesh, size_px=160))
    inside = image[..., :3].sum(axis=-1)[image[..., 3] == 255]
    levels, counts = np.unique(inside, return_counts=True)
    flat = levels[counts > 0.1 * len(inside)]
    assert len(flat) == 3  # the three faces one sees
    assert (inside < 0.85 * flat.min()).mean() > 0.005
