"""What differs between two assemblies: parts added, removed, replaced, moved, changed in number?

Parts answer each other by shape, never by name alone. Where each stands is judged by its whole
placement, turn included; a part that lies on itself in another way has not moved.
"""

from collections.abc import Callable
from itertools import permutations, product
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from geometry.alignment import UNIT_SLIPS
from geometry.fields.deviation import Surface
from geometry.fields.facetable import TORUS, SurfacePairs, face_table, moved, scaled
from geometry.part import Part
from geometry.step import Document, Place

__all__ = ["compare_assemblies"]

Record = dict[str, Any]
Compare = Callable[[int, int], Record]  # a part of each → the record of their comparison

OTHER_PART = 1.0  # unlikeness from which two parts are no revisions of each other
NAME_PRIZE = 0.3  # a name kept speaks for a revision
TWINS = 0.1  # unlikeness below which shapes must be looked at: left and right hand, two screws
MOST_TWINS = 60  # pairs of parts looked at for that
PLACE_NEAR_MM, PLACE_NEAR_SHARE = 0.01, 1e-4  # of the part: how exactly placements are written
FREEFORM_SAG_SHARE = 2e-3  # of the part: freeform faces are known to the chord of their triangles
SAME_PLACE_SHARE = 0.5  # of the smaller part: a replacement stands where the old part stood
PROBES = 150
MOST_MOTIONS = 60
SLIP_NEAR = 0.1  # no design makes all parts ten times as long


def compare_assemblies(
    a: Document, b: Document, compare: Compare, say: Callable[[float, str], None]
) -> Record:
    """Parts paired by shape, then compared; what was added, removed, replaced, moved, recounted."""
    known: dict[tuple[int, int], Record] = {}

    def compared(i: int, j: int) -> Record:
        if (i, j) not in known:
            known[i, j] = compare(i, j)
        return known[i, j]

    pairs = _paired(a, b, compared)
    records = []
    for number, (i, j) in enumerate(pairs):
        say(0.7 + 0.3 * number / len(pairs), "comparing")
        records.append({"a": i, "b": j, "name": b.parts[j].name, **compared(i, j)})
    placed = _Placements(a, b, records)
    moves = placed.moves()
    removed = sorted(set(range(len(a.parts))) - {i for i, _ in pairs})
    added = sorted(set(range(len(b.parts))) - {j for _, j in pairs})
    # of many equal screws one may be replaced: fewer of these, and another part where one stood
    fewer = [i for i, j in pairs if a.counts[i] > b.counts[j]]
    more = [j for i, j in pairs if a.counts[i] < b.counts[j]]
    replaced = placed.replaced([*removed, *fewer], [*added, *more])
    removed = [i for i in removed if i not in {each["a"] for each in replaced}]
    added = [j for j in added if j not in {each["b"] for each in replaced}]
    counts = [
        {"a": i, "b": j, "name": b.parts[j].name, "from": a.counts[i], "to": b.counts[j]}
        for i, j in pairs
        if a.counts[i] != b.counts[j]
    ]
    same = not (removed or added or replaced or counts or moves)
    same = same and all(record["same_shape"] for record in records)
    return {
        **_summary(a, b, records, same=same),
        "assembly": {
            "parts": records,
            "removed": [_counted(a, i) for i in removed],
            "added": [_counted(b, j) for j in added],
            "replaced": replaced,
            "counts": counts,
            "moved": len(moves),
            "moves": moves,
        },
    }


def _counted(document: Document, index: int) -> Record:
    return {
        "part": index,
        "name": document.parts[index].name,
        "count": document.counts[index],
        "volume_mm3": document.parts[index].mass.volume_mm3,
    }


def _summary(a: Document, b: Document, records: list[Record], *, same: bool) -> Record:
    """The contract's keys for two whole files; those about one shape are of the largest part."""
    volume_a, volume_b = (
        sum(part.mass.volume_mm3 * count for part, count in zip(d.parts, d.counts, strict=True))
        for d in (a, b)
    )
    weight = np.array([abs(a.parts[r["a"]].mass.volume_mm3) for r in records])
    likeness = np.array([r["similarity"] for r in records])
    paired = len(records) / max(len(a.parts), len(b.parts))
    similarity = float(paired * np.average(likeness, weights=weight)) if records else 0.0
    main = records[0] if records else {}
    features: dict[str, list[Any]] = {"changed": [], "removed": [], "added": []}
    for record in records:
        for key, found in features.items():
            found += [
                {**change, "parts": [record["a"], record["b"]]}
                for change in record["features"][key]
            ]
    return {
        "similarity": 1.0 if same else min(similarity, 0.999),
        **{key: main[key] for key in ("alignment", "deviation_mm", "faces") if key in main},
        "same_shape": same,
        "mirrored": bool(records) and all(r["mirrored"] for r in records),
        "scale": main.get("scale", 1.0),
        **({"unit_slip": main["unit_slip"]} if "unit_slip" in main else {}),
        "volume_change": (volume_b - volume_a) / volume_a,
        "volume_mm3": {"from": volume_a, "to": volume_b},
        "features": features,
    }


# --- which part answers which ---


def _paired(
    a: Document, b: Document, compared: Callable[[int, int], Record]
) -> list[tuple[int, int]]:
    """Parts that answer each other, largest first."""
    scale = _slip(a, b)
    cost = np.array([[_unlikeness(one, other, scale) for other in b.parts] for one in a.parts])
    close = cost < TWINS
    twins = close & ((close.sum(axis=1) > 1)[:, None] | (close.sum(axis=0) > 1)[None])
    if 0 < twins.sum() <= MOST_TWINS:
        for i, j in np.argwhere(twins).tolist():
            found = compared(i, j)
            named = a.parts[i].name == b.parts[j].name
            cost[i, j] = (
                0.0 if found["same_shape"] else TWINS * (2 - found["similarity"])
            ) - 0.01 * named  # of equal shapes the one of the same name
    rows, columns = linear_sum_assignment(cost)
    pairs = [
        (int(i), int(j)) for i, j in zip(rows, columns, strict=True) if cost[i, j] < OTHER_PART
    ]
    return sorted(pairs, key=lambda pair: -abs(a.parts[pair[0]].mass.volume_mm3))


def _slip(a: Document, b: Document) -> float:
    """The factor of a slip of units between two assemblies, else 1."""
    lengths = [
        np.median([abs(part.mass.volume_mm3) ** (1 / 3) for part in each.parts]) for each in (a, b)
    ]
    factor = float(lengths[1] / lengths[0])
    for slip in (*UNIT_SLIPS, *(1 / each for each in UNIT_SLIPS)):
        if abs(factor / slip - 1) < SLIP_NEAR:
            return slip
    return 1.0


def _unlikeness(a: Part, b: Part, scale: float) -> float:
    """0 for equal parts, A made larger; from OTHER_PART on they are different parts."""
    sizes_a, sizes_b = (
        np.array([*p.mass.box.size_mm, abs(p.mass.volume_mm3) ** (1 / 3), p.mass.area_mm2**0.5])
        for p in (a, b)
    )
    sizes_a = sizes_a * scale
    size = float(np.abs(np.log(np.maximum(sizes_b, 1e-9) / np.maximum(sizes_a, 1e-9))).mean())
    kinds_a, kinds_b = (
        np.bincount(p.joined.faces["kind"], minlength=11).astype(float) for p in (a, b)
    )
    kinds = float(np.abs(kinds_a - kinds_b).sum() / max(kinds_a.sum() + kinds_b.sum(), 1.0))
    named = NAME_PRIZE if a.name and a.name == b.name else 0.0
    return max(0.0, 2 * size + kinds - named)


# --- where they stand ---


class _Placements:
    """Where the parts of both assemblies stand, and the motion that lays most of A on B."""

    def __init__(self, a: Document, b: Document, records: list[Record]) -> None:
        self.a, self.b = a, b
        factors = {record["scale"] for record in records}
        # a slip of units makes all parts larger, and the distances between them
        self.scale = factors.pop() if len(factors) == 1 else 1.0
        self.here, self.there = _occurrences(a, self.scale), _occurrences(b)
        self.pairs = [
            (record["a"], record["b"], _rigid(np.array(record["alignment"]), record["scale"]))
            for record in records
        ]
        self.skins = {r["a"]: Surface(a.parts[r["a"]], r["scale"]) for r in records}
        self.grown = {
            (i, j)
            for (i, j, matrix), record in zip(self.pairs, records, strict=True)
            if not record["same_shape"] and self._grew(i, j, matrix)
        }
        self.motion, self.off = self._best_motion()

    def moves(self) -> list[Record]:
        """Occurrences that do not stand where the others say they should."""
        return [
            {
                "a": i,
                "b": j,
                "name": self.b.parts[j].name,
                "from": start.tolist(),
                "to": end.tolist(),
                "distance_mm": distance,
                "turn_deg": turn,
            }
            for i, j, start, end, distance, turn in self.off
        ]

    def replaced(self, removed: list[int], added: list[int]) -> list[Record]:
        """Parts that stand where another part stood.

        removed, added: parts of A of which none or fewer are left, of B that are new or more.
        """
        if not removed or not added:
            return []
        heirs = {i: j for i, j, _ in self.pairs}
        before = {j: i for i, j in heirs.items()}
        apart = np.full((len(removed), len(added)), np.inf)
        for row, i in enumerate(removed):
            for column, j in enumerate(added):
                one, other = self.a.parts[i], self.b.parts[j]
                size = min(one.mesh.diagonal_mm, other.mesh.diagonal_mm)
                near = SAME_PLACE_SHARE * size
                where = _without(self._stood(i), self._stand(heirs.get(i)), near)
                to = _without(self._stand(j), self._stood(before.get(j)), near)
                if not len(where) or not len(to):
                    continue
                between = np.linalg.norm(where[:, None] - to[None], axis=2)
                apart[row, column] = between.min() / max(size, 1e-12)
        rows, columns = linear_sum_assignment(np.minimum(apart, 1e6))
        return [
            {
                "a": removed[i],
                "b": added[j],
                "name_a": self.a.parts[removed[i]].name,
                "name_b": self.b.parts[added[j]].name,
                "from": self.a.counts[removed[i]] - self._count(self.b, heirs.get(removed[i])),
                "to": self.b.counts[added[j]] - self._count(self.a, before.get(added[j])),
            }
            for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
            if apart[i, j] <= SAME_PLACE_SHARE
        ]

    @staticmethod
    def _count(document: Document, part: int | None) -> int:
        return 0 if part is None else document.counts[part]

    def _stood(self, part: int | None) -> np.ndarray:
        """Middles (n, 3) of a part's occurrences in A, laid on B."""
        if part is None:
            return np.zeros((0, 3))
        middle = self.scale * self.a.parts[part].mass.box.centre_mm[None]
        places = [moved(self.motion @ w, middle)[0] for w in self.here.get(part, [])]
        return np.array(places).reshape(-1, 3)

    def _stand(self, part: int | None) -> np.ndarray:
        """Middles (n, 3) of a part's occurrences in B."""
        if part is None:
            return np.zeros((0, 3))
        middle = self.b.parts[part].mass.box.centre_mm[None]
        return np.array([moved(w, middle)[0] for w in self.there.get(part, [])]).reshape(-1, 3)

    def _best_motion(self) -> tuple[np.ndarray, list[Any]]:
        """The motion (4, 4) of A after which fewest parts stand elsewhere, and those."""
        best: tuple[np.ndarray, list[Any]] | None = None
        for motion in self._motions():
            off = self._displaced(motion)
            if best is None or len(off) < len(best[1]):
                best = (motion, off)
            if not off:
                break
        assert best is not None
        return best

    def _motions(self) -> list[np.ndarray]:
        """No motion at all, then those that lay a rare part, in every way it fits, on its like."""
        found = [np.eye(4)]
        rare = sorted(
            (pair for pair in self.pairs if self.here.get(pair[0]) and self.there.get(pair[1])),
            key=lambda pair: (
                len(self.there[pair[1]]),
                -abs(self.a.parts[pair[0]].mass.volume_mm3),
            ),
        )
        for i, j, matrix in rare[:6]:
            start = np.linalg.inv(self.here[i][0])
            for way in self._symmetries(i):
                found += [w @ matrix @ way @ start for w in self.there[j][:4]]
        return found[:MOST_MOTIONS]

    def _symmetries(self, part: int) -> list[np.ndarray]:
        """Turns about the middle of its box that lay a part on itself."""
        box = self.a.parts[part].mass.box
        middle = self.skins[part].scale * box.centre_mm
        ways = []
        for order, signs in product(permutations(range(3)), product((1.0, -1.0), repeat=3)):
            turn = (np.array(signs)[:, None] * box.axes[list(order)]).T @ box.axes
            if np.linalg.det(turn) < 0:
                continue
            way = np.eye(4)
            way[:3, :3] = turn
            way[:3, 3] = middle - turn @ middle
            if self._lies_on_itself(part, way):
                ways.append(way)
        return sorted(ways, key=lambda way: -float(np.trace(way))) or [np.eye(4)]

    def _displaced(self, motion: np.ndarray) -> list[Any]:
        """(part of A, part of B, from, to, distance, turn) of each occurrence that moved."""
        off = []
        for i, j, matrix in self.pairs:
            here, there = self.here.get(i, []), self.there.get(j, [])
            if not here or not there:
                continue
            # both in B's assembly: where A's part is said to stand, and where it stands
            wanted = [motion @ w for w in here]
            found = [w @ matrix for w in there]
            centre = self.skins[i].scale * self.a.parts[i].mass.centroid_mm[None]
            apart = np.linalg.norm(
                np.concatenate([moved(w, centre) for w in wanted])[:, None]
                - np.concatenate([moved(w, centre) for w in found])[None],
                axis=2,
            )
            for row, column in zip(*linear_sum_assignment(apart), strict=True):
                stood = np.linalg.inv(wanted[row])
                rests = [stood @ found[column]]
                if (i, j) in self.grown:
                    rests.append(stood @ there[column])
                if any(self._lies_on_itself(i, rest) for rest in rests):
                    continue
                rest = min(rests, key=lambda each: np.linalg.norm(moved(each, centre) - centre))
                cosine = (np.trace(rest[:3, :3]) - 1) / 2
                off.append(
                    (i, j, here[row], there[column],
                     float(np.linalg.norm(moved(rest, centre) - centre)),
                     float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))))
                )  # fmt: skip
        return off

    def _grew(self, part: int, other: int, matrix: np.ndarray) -> bool:
        """Whether a revision may be said to lie where it is drawn although most of it lies better
        after the motion `matrix`: a shaft made longer at the end that holds most of its faces.
        """
        table_a = scaled(face_table(self.a.parts[part]), self.skins[part].scale)
        table_b = face_table(self.b.parts[other])
        near = PLACE_NEAR_MM + PLACE_NEAR_SHARE * table_b.diagonal_mm
        surfaces = SurfacePairs(table_a, table_b, np.arange(len(table_a.kind)), near)
        drawn, laid = (surfaces.after(each)[0].any(axis=1) for each in (np.eye(4), matrix))
        return bool((drawn & ~laid).any())

    def _lies_on_itself(self, part: int, motion: np.ndarray) -> bool:
        """Whether a part after a motion is where it was."""
        if np.abs(motion - np.eye(4)).max() < 1e-9:
            return True
        skin = self.skins[part]
        size = skin.scale * skin.part.mesh.diagonal_mm
        near = PLACE_NEAR_MM + PLACE_NEAR_SHARE * size
        centre = skin.scale * skin.part.mass.centroid_mm[None]
        if np.linalg.norm(moved(motion, centre) - centre) > near:
            return False
        points, face = skin.samples(PROBES, np.random.default_rng(5))
        distance, reached = skin.distance(moved(motion, points))
        kinds = skin.part.topology.faces["kind"]
        freeform = (kinds[face] > TORUS) | (kinds[reached] > TORUS)
        return bool((distance <= near + np.where(freeform, FREEFORM_SAG_SHARE * size, 0.0)).all())


def _without(some: np.ndarray, others: np.ndarray, near_mm: float) -> np.ndarray:
    """Those of some places (n, 3) at which none of the others (m, 3) lies."""
    if not len(some) or not len(others):
        return some
    apart = np.linalg.norm(some[:, None] - others[None], axis=2)
    return some[apart.min(axis=1) > near_mm]


def _rigid(matrix: np.ndarray, scale: float) -> np.ndarray:
    """A motion (4, 4) of a part that was made larger before."""
    return matrix @ np.diag([1 / scale] * 3 + [1.0])


def _occurrences(document: Document, scale: float = 1.0) -> dict[int, list[np.ndarray]]:
    """Where each part of an assembly made larger stands: matrices (4, 4) by part index."""
    found: dict[int, list[np.ndarray]] = {}

    def visit(place: Place, above: np.ndarray) -> None:
        step = place.placement.copy()
        step[:3, 3] *= scale
        here = above @ step
        if place.part is not None:
            found.setdefault(place.part, []).append(here)
        for child in place.children:
            visit(child, here)

    visit(document.root, np.eye(4))
    return found
