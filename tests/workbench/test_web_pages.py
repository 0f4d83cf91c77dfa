"""What the pages show, asked of a service that answers at once; browser tests ask the real one."""

import ast
import itertools
import os
import re
import tempfile
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

os.environ["NICEGUI_STORAGE_PATH"] = tempfile.mkdtemp(prefix="web-test-")

from nicegui import Client, app, ui
from nicegui.testing.user_simulation import user_simulation

from geometry.errors import NotStep
from workbench import judging, language
from workbench.errors import NoSuchPart
from workbench.errors import words as error_words
from workbench.known import Facts
from workbench.plants import Machine, Plant
from workbench.settings import Settings
from workbench.web import application, pages
from workbench.web.entries import Entry, told_apart
from workbench.web.frame import PAGES
from workbench.web.secret import storage_secret

WEB = Path(pages.__file__).parent.parent
EVIL = "<script>alert(1)</script>../x.step"
KEY, OTHER = "0123456789abcdef-0", "fedcba9876543210-0"


def test_parts_of_one_name_are_told_apart_by_their_files():
    some = [
        Entry(key, name, (), "", 0.0, file)
        for key, name, file in (("a", "Fillet001", "x.step"), ("b", "Fillet001", "y.step"),
                                ("c", "Pad", "y.step"))
    ]  # fmt: skip
    told = {"a": "Fillet001 · x.step", "b": "Fillet001 · y.step", "c": "Pad"}
    assert told_apart(some) == told


def everywhere(sentence):
    return {each: f"{sentence} [{each}]" for each in language.LANGUAGES}


def analysis(name):
    terms = [("fit.gauge", 46.0), ("economics", 30.0), ("findings.major", -10.0)]
    finding = {
        "id": "f0",
        "rule": "thin_wall",
        "process": "sand_casting",
        "severity": "major",
        "message": everywhere("Too thin"),
        "measured": {"value": 2.4, "unit": "mm"},
        "limit": {"value": 5.0, "unit": "mm", "relation": ">="},
        "faces": [2],
        "source": "a handbook, p. 7",
    }
    ours = {
        **finding,
        "id": "f1",
        "source": "ours: slices thinner than 10 mm are sawn at a loss",
    }
    part = {
        "index": 0,
        "name": name,
        "count": 1,
        "closed": True,
        "size_mm": [120.5, 80.0, 12.0],
        "volume_mm3": 60_000.0,
        "area_mm2": 25_000.0,
        "mass_kg": 0.468,
        "faces": [{"surface": "plane", "area_mm2": 10.0, "features": []}] * 3,
        "features": [
            {
                "id": "hole-0",
                "type": "hole",
                "kind": "through",
                "faces": [2],
                "parameters": {"diameter_mm": 8.5, "depth_mm": 12.0, "axis": [0, 0, 1]},
            }
        ],
        "explained_share": 0.75,
        "freeform_share": 0.2,
        "unexplained_faces": [0, 1],
        "pmi": [{"type": "tolerance", "text": "∥ 0.05 A", "faces": [1]}],
        "shape": {
            "symmetry": {
                "centre_mm": [0.0, 0.0, 0.0],
                "planes": [{"normal": [1.0, 0.0, 0.0]}],
                "axes": [{"direction": [0.0, 0.0, 1.0], "order": 5}],
                "spherical": False,
            },
            "minimal_cylinder": {
                "axis": [0.0, 0.0, 1.0],
                "centre_mm": [0.0, 0.0, 0.0],
                "diameter_mm": 144.6,
                "length_mm": 12.0,
            },
            "convex_hull": {"volume_mm3": 80_000.0, "area_mm2": 26_000.0, "filled_share": 0.75},
            "sections": {},
            "voids": [{"volume_mm3": 250.0, "area_mm2": 240.0, "faces": [0]}],
        },
        "processes": [
            {
                "process": "sand_casting",
                "suitability": 66,
                "verdict": "with_changes",
                "summary": everywhere("Can be cast"),
                "metrics": {"cores": 1},
                "findings": ["f0", "f1"],
                "terms": [{"name": n, "value": 0.5, "points": p} for n, p in terms],
                "not_checked": [{"what": "tolerances", "why": "needs_drawing"}],
            }
        ],
        "findings": [finding, ours],
    }
    source = {"name": name, "sha256": KEY, "bytes": 1000, "unit": "mm"}
    return {"source": source, "warnings": [], "assembly": {"name": name}, "parts": [part]}


def plant():
    mill = Machine(
        "m1", "Mill 5", "machining_centre", ("carbon_steel",), 350_000, 60, 0.4, 14, length_mm=500
    )
    return Plant("p1", "Namuna zavodi", "andijan", "Andijon", 2, (mill,), illustrative=True)


class Answers:
    """The services as the pages know them."""

    def __init__(self, *names):
        self.names = dict(zip((KEY, OTHER), names, strict=False))

    def parts(self, search=None):
        return [
            SimpleNamespace(
                key=key,
                name=name,
                file_name=name,
                size_mm=(120.5, 80.0, 12.0),
                process="sand_casting",
                suitability=66.0,
                added=datetime(2025, 1, 1),
            )
            for key, name in self.names.items()
            if not search or search.lower() in name.lower()
        ]

    def analysis(self, key, rules=None):
        if key not in self.names:
            raise NoSuchPart("no such part", key=key)
        used = {"rules": judging.profile_record(rules)} if rules else {}
        return {**analysis(self.names[key]), **used}

    def plants(self):
        return (plant(),) if self.names else ()

    def match(self, _key, *, annual, material):
        assert annual == 10_000
        money = {"per_part": 1500.0, "currency": "UZS", "breakdown": {"material": 1500.0}}
        lacks = {"capability": "tonnage_kn", "needed": 5000, "has": 4000, "unit": "kN"}
        return {
            "demand": {"annual": annual, "material": material},
            "routes": [
                {"rank": 1, "score": 80, "cost": money, "local_share": 0.7, "operations": [
                    {"process": "sand_casting", "operation": "cast", "plant": "Quyuvchi",
                     "machine": "Line", "minutes": 4.0}]}
            ],
            "rejected": [{"plant": "Kichik zavod", "operation": "cast", "reasons": [lacks]}],
            "unblocks": [],
        }  # fmt: skip

    def similar(self, key, *, top, faces=None, mode="all"):
        others = [each for each in self.names if each != key and mode != "size"]
        where = {"places": [{"faces": [2, 5], "fit": 0.9}]} if faces else {}
        why = {"places": 1, "missing": []} if faces else {"alike": ["pairs"], "different": ["size"]}
        return {
            "results": [
                {"part": each, "name": self.names[each], "similarity": 0.9, "why": why, **where}
                for each in others
            ][:top]
        }

    def compare(self, a, b):
        hole = {"a": "hole-1", "b": "hole-1", "type": "hole", "kind": "through",
                "parameter": "diameter_mm", "from": 8.0, "to": 9.0,
                "faces": {"a": [2], "b": [2]}}  # fmt: skip
        verdict = {"from": "suitable", "to": "with_changes"}
        thin = {"rule": "thin_wall", "severity": "major", "message": everywhere("Too thin")}
        findings = {"appeared": [thin], "vanished": [], "changed": [], "same": 0}
        return {
            "a": {"name": self.names[a]}, "b": {"name": self.names[b]},
            "similarity": 0.97, "same_shape": False, "mirrored": False, "scale": 1.0,
            "volume_change": -0.01, "volume_mm3": {"from": 100.0, "to": 99.0},
            "faces": {"same": [[0, 0]], "changed": [[2, 2]], "removed": [], "added": []},
            "features": {"changed": [hole], "removed": [], "added": []},
            "deviation_mm": {"mean": 0.01, "p95": 0.1, "max": 0.5},
            "processes": [{"process": "milling", "a": 90.0, "b": 70.0, "verdict": verdict,
                           "findings": findings}],
        }  # fmt: skip

    def history(self, keys, *, annual, progress):
        assert annual is None
        progress(0.5, "comparing")
        revisions = [
            {"name": self.names[key], "parts": 1, "volume_mm3": 100.0, "size_mm": [9.0, 8.0, 7.0],
             "features": 3, "process": "milling", "suitability": 90.0,
             "processes": {"milling": 90.0}}
            for key in keys
        ]  # fmt: skip
        steps = [self.compare(a, b) for a, b in itertools.pairwise(keys)]
        return {"schema": "workbench.history/1", "revisions": revisions, "steps": steps}

    def map(self, *, progress):
        progress(0.5, "comparing")
        return {
            "parts": [
                {"part": key, "name": name, "part_name": name, "x": 0.1, "y": 0.2}
                for key, name in self.names.items()
            ]
        }

    def families(self, *, progress):
        progress(0.5, "comparing")
        parts = [{"part": key, "name": name, "part_name": name} for key, name in self.names.items()]
        if len(parts) < 2:
            return {"families": [], "duplicates": [], "mirrored": [], "standardise": []}
        dimension = {"feature": "hole", "parameter": "diameter_mm", "a": 8.0, "b": 8.5, "count": 1}
        pair = {"a": parts[0], "b": parts[1], "similarity": 0.95}
        family = {"representative": parts[0]["part"], "likeness": 0.9, "parts": parts}
        return {"families": [family], "duplicates": [pair], "mirrored": [],
                "standardise": [{**pair, "dimension": dimension}]}  # fmt: skip

    def facts(self, keys):
        return {key: Facts(status="made", plant="Zavod") for key in keys}

    def know(self, key, **values):
        self.said = (key, values)

    def close(self):
        pass


@asynccontextmanager
async def visitor(tmp_path, *names):
    async with user_simulation() as user:
        application.build(Answers(*names), Settings.at(tmp_path))
        try:
            yield user
        finally:
            Client.page_routes.clear()  # else NiceGUI unloads the modules of the pages


def text_of(user):
    """Everything that is written on the page."""
    said = []
    for element in user.client.elements.values():
        said += [str(getattr(element, name, "") or "") for name in ("text", "label")]
    return "\n".join(said)


@pytest.mark.parametrize("code", language.LANGUAGES)
@pytest.mark.parametrize("name", [each.name for each in PAGES])
async def test_every_page_speaks_every_language(tmp_path, name, code):
    place = next(each.path for each in PAGES if each.name == name).replace("{key}", KEY)
    async with visitor(tmp_path, "Qopqoq", "Val") as user:
        client = await user.open(f"/{code}{place}")
        assert client.page.language == {"en": "en-US"}.get(code, code)
        said = text_of(user)
        assert language.text("web.brand", code) in said
        assert not re.search(r"\b(web|feature|process|summary|plant)\.\w", said)


@pytest.mark.parametrize("code", language.LANGUAGES)
async def test_a_history_tells_every_revision_and_what_each_step_changed(tmp_path, code):
    async with visitor(tmp_path, "Qopqoq", "Val") as user:
        await user.open(f"/{code}/history?parts={KEY},{OTHER}")
        await user.should_see(language.text("comparison.feature_count", code), retries=20)
        said = text_of(user)
        for sign in ("Qopqoq → Val", f"Too thin [{code}]", "90 → 70", "8", "9"):
            assert sign in said
        assert language.text("web.loading", code) not in said
        assert not re.search(r"\b(comparison|feature|process)\.\w", said)


@pytest.mark.parametrize("code", language.LANGUAGES)
async def test_a_comparison_tells_what_changed_and_what_it_means(tmp_path, code):
    async with visitor(tmp_path, "Qopqoq", "Val") as user:
        await user.open(f"/{code}/compare?a={KEY}&b={OTHER}")
        await user.should_see(language.text("comparison.different", code))
        await user.should_see(f"Too thin [{code}]")
        said = text_of(user)
        assert language.text("comparison.features", code) in said
        assert "90 → 70" in said
        assert not re.search(r"\b(comparison|feature|process)\.\w", said)


async def test_an_empty_catalogue_teaches_how_to_fill_it(tmp_path):
    async with visitor(tmp_path) as user:
        await user.open("/en/parts")
        await user.should_see("No part here yet")
        await user.should_see("Load samples")
        await user.open("/en/plants")
        await user.should_see("No plant here yet")


async def test_a_part_shows_its_process_with_the_terms_of_the_score(tmp_path):
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/ru/part/{KEY}")
        said = text_of(user)
        for sign in ("Qopqoq", "Can be cast [ru]", "Too thin [ru]", "+46,0", "+30,0", "−10,0"):
            assert sign in said
        assert "измерено 2,40\xa0мм · предел ≥\xa05\xa0мм" in said
        assert "Источник: a handbook, p. 7" in said
        assert f"Источник: {language.text('reports.source_ours', 'ru')}" in said.splitlines()
        why = language.text("summary.why.needs_drawing", "ru")
        assert "PMI" in why
        assert why in said


PROFILE = b'[milling.setups]\nlimit = 1\nunit = "1"\nsource = "our shop"\n'


async def sends_a_profile(user, content, name):
    """Upload a profile of limits on the open page of a part."""
    from workbench.web.dropzone import DropZone

    with user:
        user.find(marker="add-limits").click()
    token = (await user.http_client.post("/files", content=content)).json()["token"]
    with user:
        zone = user.find(DropZone)
        zone.trigger("added", {"id": 1, "name": name, "size": len(content)})
        zone.trigger("stored", {"id": 1, "token": token})


async def test_a_profile_of_limits_is_kept_and_the_page_is_judged_by_it(tmp_path):
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/en/part/{KEY}")
        await sends_a_profile(user, PROFILE, "../our shop.toml")
        await user.should_see("rules that differ from the published ones: 1", retries=10)
        assert (tmp_path / "rules" / "our shop.toml").read_bytes() == PROFILE


async def test_a_profile_of_limits_is_removed_once_that_was_said_twice(tmp_path):
    kept = tmp_path / "rules" / "shop.toml"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(PROFILE)
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/en/part/{KEY}?rules=shop")
        user.find(marker="remove-limits").click()
        await user.should_see("shop will be removed for everyone")
        assert kept.exists()
        user.find(marker="remove-limits-really").click()
        await user.should_see("the published sources", retries=10)
        assert not kept.exists()


@pytest.mark.parametrize(
    ("code", "fault"),
    [("en", "limit is negative"), ("ru", "limit отрицательно"), ("uz-Latn", "limit manfiy")],
)
async def test_a_bad_profile_of_limits_is_told_by_line_and_not_kept(tmp_path, code, fault):
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/{code}/part/{KEY}")
        bad = PROFILE.replace(b"= 1", b"= -1", 1) + b"[milling.slander]\nlimit = 2\n"
        await sends_a_profile(user, bad, "shop.toml")
        await user.should_see(fault, retries=10)
        said = text_of(user)
        assert "milling.setups" in said
        assert "slander" in said
        assert not (tmp_path / "rules" / "shop.toml").exists()


async def test_a_profile_of_limits_that_is_gone_is_said_and_the_usual_ones_are_used(tmp_path):
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/en/part/{KEY}?rules=../../etc/passwd")
        await user.should_see("there is no profile of limits")
        await user.should_see("the published sources")


async def test_a_part_shows_its_shape_its_annotations_and_what_is_not_explained(tmp_path):
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/en/part/{KEY}")
        with user:
            user.find(ui.tabs).elements.copy().pop().set_value("details")
        for sign in ("5-fold", "⌀ 144.6 × 12", "∥ 0.05 A", "Tolerance", "1; 250"):
            await user.should_see(sign)
        with user:
            user.find(ui.tabs).elements.copy().pop().set_value("features")
        await user.should_see("Faces not explained: 2")
        await user.should_see("Freeform share of the surface: 20%")


async def test_equal_features_stand_on_one_card_and_are_shown_together_or_one_by_one(tmp_path):
    from workbench.web.panels.features import features_panel
    from workbench.web.panels.focus import Focus

    def hole(number, wide):
        place = {"diameter_mm": wide, "depth_mm": 9.0, "origin_mm": [float(number), 0.0, 0.0]}
        return {"id": f"hole-{number}", "type": "hole", "kind": "through", "faces": [number],
                "parameters": place}  # fmt: skip

    features = [hole(0, 5.0), hole(1, 5.0), hole(2, 8.0), hole(3, 5.0)]
    shown = []

    class Watched(Focus):
        def show(self, *told):
            shown.append(list(told[1]))

    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open("/en")
        with user.client:
            features_panel({"features": features, "faces": []}, Watched({"features": features}))
        await user.should_see("3 × Through hole")
        said = text_of(user)
        assert said.count("Through hole") == 2
        user.find(marker="hole-0-and-2-more").click()
        user.find(marker="hole-1").click()
        assert shown == [[0, 1, 3], [1]]


async def test_a_click_on_a_face_names_its_feature_and_its_finding(tmp_path):
    from workbench.web.viewer import PartViewer

    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/en/part/{KEY}")
        await user.should_see("Click a face to see its features and findings.")
        with user:
            user.find(PartViewer).trigger("pick", {"face": 2, "shift": False})
        await user.should_see("Face 2")
        await user.should_see("Through hole")
        with user:
            user.find(PartViewer).trigger("pick", {"face": 0, "shift": False})
        await user.should_see("belongs to no feature and has no finding")


async def test_matching_names_plant_cost_and_what_the_rejected_one_lacks(tmp_path):
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/en/part/{KEY}")
        with user:
            user.find(ui.tabs).elements.copy().pop().set_value("match")
        await user.should_see("Find plants")
        user.find("Find plants").click()
        await user.should_see("Quyuvchi")
        said = text_of(user)
        for sign in ("1,500\xa0UZS", "Kichik zavod", "5,000\xa0kN", "4,000\xa0kN"):
            assert sign in said
        assert said.count("Casting") == 3  # above the route, in it and at the plant that cannot


async def test_likeness_is_asked_for_in_the_way_that_was_chosen(tmp_path):
    async with visitor(tmp_path, "Qopqoq", "Flanes") as user:
        await user.open(f"/en/part/{KEY}")
        with user:
            user.find(ui.tabs).elements.copy().pop().set_value("similar")
        await user.should_see("Flanes", retries=10)
        await user.should_see("most alike in shape, features and size")
        with user:
            user.find(marker="likeness").elements.copy().pop().set_value("size")
        await user.should_see("fill nearly the same space", retries=10)
        await user.should_not_see("Flanes", retries=10)


async def test_picked_faces_are_looked_for_in_other_parts(tmp_path):
    from workbench.web.viewer import PartViewer

    async with visitor(tmp_path, "Qopqoq", "Val") as user:
        await user.open(f"/en/part/{KEY}")
        with user:
            user.find(PartViewer).trigger("pick", {"face": 2, "shift": False})
        await user.should_see("Find in other parts")
        user.find("Find in other parts").click()
        await user.should_see("Parts that have the picked faces, best first.")
        await user.should_see("places: 1; faces 2, 5")


async def test_what_is_known_of_a_part_is_shown(tmp_path):
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open(f"/en/part/{KEY}")
        with user:
            user.find(ui.tabs).elements.copy().pop().set_value("details")
        await user.should_see("What is known of this part")
        user.find("Keep").click()
        await user.should_see("Kept.")


async def test_the_map_lists_families_doubles_and_what_one_dimension_tells_apart(tmp_path):
    async with visitor(tmp_path, "Qopqoq", "Val") as user:
        await user.open("/en/map")
        await user.should_see("Families: 1")
        await user.should_see("parts: 2, likeness 90%")
        await user.should_see("The same part twice")
        await user.should_see("diameter, hole: 8")


async def test_a_name_that_is_markup_stays_text(tmp_path):
    async with visitor(tmp_path, EVIL) as user:
        for place in ("/en/parts", f"/en/part/{KEY}", "/en/compare", "/en/map", "/en/"):
            answer = await user.http_client.get(place)
            assert "<script>alert(1)" not in answer.text
        await user.open("/en/parts")
        await user.should_see(EVIL)


async def test_a_part_that_is_not_there_is_said_to_be_missing(tmp_path):
    async with visitor(tmp_path, "Qopqoq") as user:
        await user.open("/en/part/aaaaaaaaaaaaaaaa-7")
        await user.should_see("There is no such part")


async def test_an_unknown_address_answers_404_in_the_language_of_the_address(tmp_path):
    async with visitor(tmp_path) as user:
        answer = await user.http_client.get("/ru/nothing")
        assert answer.status_code == 404
        assert language.text("web.not_found.title", "ru") in answer.text


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.8", "/ru/"),
        ("de,uz-Cyrl;q=0.7,en;q=0.5", "/uz-Cyrl/"),
        ("en-GB", "/en/"),
        ("fr", "/uz-Latn/"),
        ("", "/uz-Latn/"),
    ],
)
async def test_the_first_address_follows_the_browsers_language(tmp_path, wish, place):
    async with visitor(tmp_path) as user:
        answer = await user.http_client.get("/", headers={"Accept-Language": wish})
        assert (answer.status_code, answer.headers["location"]) == (307, place)


@pytest.mark.parametrize("place", ["/parts", "/part/0a1b2c", "/compare?a=0a1b&b=2c3d", "/map"])
async def test_an_address_without_a_language_follows_the_browsers_language(tmp_path, place):
    async with visitor(tmp_path) as user:
        answer = await user.http_client.get(place, headers={"Accept-Language": "ru"})
        assert (answer.status_code, answer.headers["location"]) == (307, f"/ru{place}")
        nowhere = await user.http_client.get("/nowhere", headers={"Accept-Language": "ru"})
        assert nowhere.status_code == 404


async def test_an_upload_is_written_to_disk_piece_by_piece_and_can_be_taken_once(tmp_path):
    async with visitor(tmp_path) as user:
        desk = app.state.desk
        token = (await user.http_client.post("/files", content=b"ISO-10303-21;")).json()["token"]
        place = desk.take(token)
        assert place.read_bytes() == b"ISO-10303-21;"
        assert place.parent == desk.folder
        assert desk.take(token) is None
        assert desk.take("../../etc/passwd") is None


async def test_an_upload_over_the_limit_leaves_nothing_behind(tmp_path):
    async with visitor(tmp_path) as user:
        desk = app.state.desk
        desk.settings = Settings.at(tmp_path, max_bytes=100)

        async def pieces():
            for _ in range(5):
                yield b"x" * 30

        answer = await user.http_client.post("/files", content=pieces())
        assert answer.status_code == 413
        assert list(desk.folder.iterdir()) == []


async def test_a_file_that_fails_gets_its_reason_and_is_deleted(tmp_path):
    from workbench.web.dropzone import DropZone

    class Refuses(Answers):
        def add(self, path, *, name, **_hearing):
            assert name == EVIL
            assert path.read_bytes() == b"hello"
            raise NotStep("no STEP header", reason="other_format")

    async with user_simulation() as user:
        desk = application.build(Refuses(), Settings.at(tmp_path))
        await user.open("/en/upload")
        token = (await user.http_client.post("/files", content=b"hello")).json()["token"]
        with user:
            zone = user.find(DropZone)
            zone.trigger("added", {"id": 1, "name": EVIL, "size": 5})
            zone.trigger("stored", {"id": 1, "token": token})
        what, _ = error_words(NotStep("no STEP header", reason="other_format"), "en")
        await user.should_see(what, retries=10)
        await user.should_see(EVIL)
        assert list(desk.folder.iterdir()) == []
        Client.page_routes.clear()


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first = storage_secret(tmp_path / "web")
    assert storage_secret(tmp_path / "web") == first
    assert len(first) > 40
    assert (tmp_path / "web" / "secret").stat().st_mode & 0o077 == 0
    assert storage_secret(tmp_path / "other") != first


def test_every_text_that_the_pages_ask_for_by_name_exists():
    asked = set()
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "say"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                asked.add(f"web.{node.args[0].value}")
    known = set(language._catalogue("web", "en").templates)
    assert asked and asked <= known


def test_no_asset_is_asked_of_another_machine():
    for path in (*WEB.rglob("*.js"), *WEB.rglob("*.css"), *WEB.rglob("*.py")):
        assert "http://" not in path.read_text(encoding="utf-8").replace("http://www.w3.org", "")
        assert "https://" not in path.read_text(encoding="utf-8")
