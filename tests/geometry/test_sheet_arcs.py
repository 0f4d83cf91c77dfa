"""Do arcs of outlines run from their start to their end, however many are sampled at once?"""

import numpy as np

from geometry.features.sheet_regions import ARC_STEP_DEG, sampled_arcs

U, V = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])


def _arc(centre: np.ndarray, radius: float, first_deg: float, last_deg: float) -> np.ndarray:
    angle = np.radians(np.linspace(first_deg, last_deg, 6))[:, None]
    return centre + radius * (np.cos(angle) * U + np.sin(angle) * V)


def test_arcs_have_corners_at_whole_steps_of_angle_and_keep_their_ends_and_their_direction():
    centres = np.array([[3.0, -2.0, 7.0], [50.0, 1.0, -4.0], [0.0, 0.0, 0.0]])
    radii = np.array([2.0, 30.0, 5.0])
    spans = ((0.0, 90.0), (92.0, -88.0), (170.0, 190.0))
    lines = [_arc(c, r, *span) for c, r, span in zip(centres, radii, spans, strict=True)]

    found = sampled_arcs(centres, radii, (U, V), lines)

    for points, line, centre, radius, (first, last) in zip(
        found, lines, centres, radii, spans, strict=True
    ):
        steps = np.arange(-180.0, 360.0, ARC_STEP_DEG)
        inner = steps[(steps > min(first, last)) & (steps < max(first, last))]
        inner = inner if first < last else inner[::-1]
        angle = np.radians(inner)[:, None]
        drawn = centre + radius * (np.cos(angle) * U + np.sin(angle) * V)
        np.testing.assert_allclose(points, np.concatenate([line[:1], drawn, line[-1:]]), atol=1e-9)


def test_an_arc_sampled_with_others_is_the_arc_sampled_alone():
    centres, radii = np.array([[1.0, 1.0, 0.0], [9.0, 4.0, 0.0]]), np.array([3.0, 4.0])
    lines = [_arc(centres[0], 3.0, 11.0, 47.0), _arc(centres[1], 4.0, 200.0, 31.0)]

    together = sampled_arcs(centres, radii, (U, V), lines)

    for k in (0, 1):
        (alone,) = sampled_arcs(centres[[k]], radii[[k]], (U, V), [lines[k]])
        np.testing.assert_allclose(together[k], alone, atol=1e-12)


def test_no_arcs_give_no_points():
    assert sampled_arcs(np.zeros((0, 3)), np.zeros(0), (U, V), []) == []
