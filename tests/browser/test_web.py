"""What a visitor does, in a real browser on the real services."""

import itertools
import socket
from pathlib import Path

import pytest
from playwright.sync_api import expect

from workbench import language
from workbench.errors import words as error_words
from workbench.feature_colours import COLOURS
from workbench.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parent.parent.parent
EVIL = "<script>alert(1)</script>../x.step"
ANALYSED_S = 90
# A point of the face that is seen and not covered, in pixels: middles of its triangles are tried.
SEEN_POINT = """([id, face]) => {
  const view = window.getElement(id), corners = view.mesh.geometry.attributes.position.array;
  for (let t = view.face_ranges[face] * 3; t < view.face_ranges[face + 1] * 3; t += 3) {
    const middle = [0, 1, 2].map((axis) => {
      let sum = 0;
      for (let c = 0; c < 3; c++) sum += corners[3 * view.triangles[t + c] + axis];
      return sum / 3 + view.mesh.position.getComponent(axis);
    });
    const [x, y] = view.project(...middle);
    if (view.hit({ clientX: x, clientY: y })?.face === face
        && document.elementFromPoint(x, y) === view.canvas) return [x, y];
  }
  return null;
}"""


@pytest.fixture(scope="module")
def plate(tmp_path_factory):
    """A plate of 80 × 50 × 8 mm with a deep narrow pocket and four small holes."""
    import cadquery as cq

    drawn = (
        cq.Workplane()
        .box(80, 50, 8)
        .faces(">Z")
        .workplane()
        .rect(60, 30, forConstruction=True)
        .vertices()
        .hole(1.2)
        .faces(">Z")
        .workplane()
        .rect(30, 4)
        .cutBlind(-7.6)
    )
    path = tmp_path_factory.mktemp("drawn") / "plate.step"
    cq.exporters.export(drawn, str(path))
    return path


@pytest.fixture(scope="module")
def thicker(tmp_path_factory):
    """A plate of 80 × 50 mm, now 9 mm thick, with a hole."""
    import cadquery as cq

    path = tmp_path_factory.mktemp("drawn") / "thicker.step"
    cq.exporters.export(cq.Workplane().box(80, 50, 9).faces(">Z").workplane().hole(6), str(path))
    return path


@pytest.fixture(scope="module")
def key(chromium, server, plate):
    """The plate in the catalogue, brought there through the page."""
    tab = chromium.new_page()
    tab.goto(f"{server.url}/en/upload")
    tab.set_input_files("input[type=file]", plate)
    tab.wait_for_url("**/en/part/*", timeout=ANALYSED_S * 1000)
    found = tab.url.rpartition("/")[2]
    tab.close()
    return found


def open_part(page, server, key, code="en"):
    """Its page, when the 3D view is drawn; the number of the view's element."""
    page.goto(f"{server.url}/{code}/part/{key}")
    page.wait_for_selector('.wbv[data-state="ready"]')
    return int(page.locator(".wbv").get_attribute("id").removeprefix("c"))


def test_a_click_on_a_face_names_its_finding_and_the_finding_lights_its_faces(page, server, key):
    from workbench.service import Workbench

    with Workbench(Settings.at(server.home)) as service:
        part = service.analysis(key)["parts"][0]
    view = open_part(page, server, key)
    first = part["processes"][0]["findings"]
    clicked = None
    for finding in part["findings"]:
        for face in finding["faces"]:
            point = page.evaluate(SEEN_POINT, [view, face])
            if clicked is None and point:
                clicked = (finding, face, point)
    assert clicked, "no finding has a face that one sees"
    finding, face, point = clicked
    page.mouse.click(*point)
    strip = page.locator(".wb-picked")
    expect(strip).to_contain_text(f"Face {face}")
    expect(strip).to_contain_text(finding["message"]["en"])
    page.wait_for_function(
        "([id, face]) => String(window.getElement(id).selected) === String(face)", arg=[view, face]
    )

    if first:
        card = page.locator(".wb-finding").first
        card.click()
        by_text = {each["message"]["en"]: each["faces"] for each in part["findings"]}
        text = card.locator("div").first.inner_text()
        page.wait_for_function(
            "([id, faces]) => String(window.getElement(id).selected) === String(faces)",
            arg=[view, by_text[text]],
        )


def test_a_feature_lights_its_faces(page, server, key):
    view = open_part(page, server, key)
    page.get_by_role("tab", name="Features").click()
    page.locator(".wb-feature").first.click()
    page.wait_for_function("id => window.getElement(id).selected.length > 0", arg=view)


def test_a_face_that_is_out_of_sight_is_turned_to_the_eye(page, server, key):
    view = open_part(page, server, key)
    shown = page.evaluate(
        """async (id) => {
          const view = window.getElement(id), shares = [];
          const sees = (face, way) => view.seen(view.samples([face]), way);
          for (let face = 0; face < view.boxes.length; face++) {
            view.view("iso");
            const before = sees(face, view.towards());
            view.focus([face]);
            for (let wait = 0; wait < 100 && sees(face, view.towards()) <= 0.05; wait++)
              await new Promise((done) => setTimeout(done, 50));
            shares.push([before, sees(face, view.towards())]);
          }
          return shares;
        }""",
        view,
    )
    assert any(before == 0 for before, _ in shown), "the plate hides no face from the first view"
    assert all(after > 0.05 for _, after in shown)


def test_on_a_phone_nothing_overlaps_in_the_header_and_nothing_runs_over_the_edge(
    page, server, key
):
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("ru/", "ru/parts", f"ru/part/{key}", f"ru/compare?a={key}&b={key}"):
        page.goto(f"{server.url}/{address}")
        page.wait_for_selector(".wb-header")
        width, links = page.evaluate(
            """() => [document.documentElement.scrollWidth,
              [...document.querySelectorAll(".wb-languages a, .wb-nav a")].map((link) => {
                const { left, right, top, bottom } = link.getBoundingClientRect();
                return [left, right, top, bottom];
              })]"""
        )
        assert width <= 390, address
        for one, other in itertools.combinations(links, 2):
            apart = one[1] <= other[0] + 1 or other[1] <= one[0] + 1
            assert apart or one[3] <= other[2] + 1 or other[3] <= one[2] + 1, address


def test_the_features_are_painted_in_the_colours_of_their_types(page, server, key):
    view = open_part(page, server, key)
    page.get_by_role("tab", name="Features").click()
    page.get_by_role("button", name="Colour the features").click()
    page.wait_for_function(
        "([id, colours]) => window.getElement(id).roles.length > 1"
        " && window.getElement(id).roles.every(([colour]) => colours.includes(colour))",
        arg=[view, list(COLOURS.values())],
    )


def test_the_language_changes_and_the_part_stays(page, server, key):
    open_part(page, server, key)
    for code in ("ru", "uz-Latn", "uz-Cyrl", "en"):
        page.get_by_role("link", name=language.NAMES[code]).click()
        page.wait_for_url(f"**/{code}/part/{key}")
        expect(page.locator(".wb-side")).to_contain_text(
            language.text("web.features.tab", code), ignore_case=True
        )
        assert page.locator("html").get_attribute("lang").startswith(code)


def test_the_choice_of_dark_is_kept_on_the_next_page(page, server):
    page.goto(f"{server.url}/en/")
    dark = "document.body.classList.contains('body--dark')"
    page.wait_for_selector(".wb-icon-button")
    before = page.evaluate(dark)
    page.locator(".wb-icon-button").click()
    page.wait_for_function(f"{dark} === {str(not before).lower()}")
    page.goto(f"{server.url}/en/plants")
    page.wait_for_function(f"{dark} === {str(not before).lower()}")
    page.locator(".wb-icon-button").click()
    page.wait_for_function(f"{dark} === {str(before).lower()}")


@pytest.mark.parametrize(
    ("name", "content"),
    [("notes.step", b"hello, I am no model\n"), ("empty.step", b""), (EVIL, b"<script>")],
)
def test_a_bad_file_gets_a_clear_line_and_the_server_goes_on(page, server, name, content):
    page.goto(f"{server.url}/en/upload")
    page.set_input_files(
        "input[type=file]",
        {"name": name, "mimeType": "application/octet-stream", "buffer": content},
    )
    line = page.locator(".wb-file.failed")
    expect(line).to_be_visible(timeout=ANALYSED_S * 1000)
    expect(line.locator(".wb-file-error")).not_to_be_empty()
    expect(page.locator(".q-notification")).to_be_visible()
    assert page.locator("script", has_text="alert(1)").count() == 0
    if name == EVIL:
        expect(line).to_contain_text(EVIL.rpartition("/")[2])
    page.goto(f"{server.url}/en/parts")
    expect(page.locator("h1")).to_have_text("Parts")
    assert not list((server.home / "web" / "uploads").iterdir())


def test_a_file_over_the_limit_is_refused_before_it_is_sent(page, server):
    page.goto(f"{server.url}/en/upload")
    page.set_input_files(
        "input[type=file]",
        {"name": "big.step", "mimeType": "", "buffer": b"x" * 5_100_000},
    )
    expect(page.locator(".wb-file-error")).to_contain_text("larger than 5 MB")


def test_the_server_counts_the_bytes_itself(server):
    host, port = server.url.removeprefix("http://").split(":")
    piece = b"x" * 1_000_000
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(
            b"POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        try:
            for _ in range(12):
                line.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert line.recv(64).startswith(b"HTTP/1.1 413")
    assert not list((server.home / "web" / "uploads").iterdir())


def test_several_files_are_taken_and_a_broken_one_holds_up_nobody(page, server, plate):
    broken = {"name": "b.step", "mimeType": "", "buffer": plate.read_bytes()[:2000]}
    good = {"name": "a.step", "mimeType": "", "buffer": plate.read_bytes()}
    page.goto(f"{server.url}/en/upload")
    page.set_input_files("input[type=file]", [broken, good])
    expect(page.locator(".wb-file.failed")).to_have_count(1, timeout=ANALYSED_S * 1000)
    expect(page.locator(".wb-file.done")).to_have_count(1, timeout=ANALYSED_S * 1000)
    assert page.url.endswith("/en/upload")


def test_tools_of_the_view_do_what_they_say(page, server, key):
    view = open_part(page, server, key)

    def state(expression):
        return page.evaluate(
            f"id => {{ const v = window.getElement(id); return {expression}; }}", view
        )

    page.get_by_role("button", name="Section (S)", exact=True).click()
    slider = page.locator(".wbv-section input")
    expect(slider).to_be_visible()
    slider.fill("0.25")
    assert state("v.plane.constant") == pytest.approx(-40 + 0.25 * 80)
    assert state("v.cap.visible") is True
    page.get_by_role("button", name="Section (S)", exact=True).click()
    assert state("v.cap.visible") is False

    page.get_by_role("button", name="Wall thickness").click()
    expect(page.locator(".wbv-legend")).to_contain_text("mm")
    page.get_by_role("button", name="Wall thickness").click()

    page.get_by_role("button", name="Top view (4)").click()
    page.get_by_role("button", name="Measure between two points (M)").click()
    for corner in ((-40, -25, 4), (40, -25, 4)):
        page.mouse.click(*state(f"v.project{corner}"))
    expect(page.locator(".wbv-measure")).to_contain_text("80.00 mm")
    page.keyboard.press("Escape")

    page.locator(".wbv canvas").focus()
    before = state("v.towards().toArray()")
    page.keyboard.press("ArrowLeft")
    assert state("v.towards().toArray()") != before
    page.keyboard.press("p")
    assert state("v.camera.isPerspectiveCamera") is True
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save a picture").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")


def test_without_3d_graphics_the_picture_and_the_results_are_shown(page, server, key):
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{server.url}/en/part/{key}")
    expect(page.locator(".wbv-fallback")).to_contain_text("cannot draw in 3D")
    page.wait_for_function("document.querySelector('.wbv-fallback img').naturalWidth > 100")
    expect(page.locator(".wb-process").first).to_be_visible()
    page.complaints[:] = [said for said in page.complaints if "WebGL" not in said]


def test_a_lost_graphics_context_is_said_and_survived(page, server, key):
    view = open_part(page, server, key)
    page.evaluate(
        "id => { window.lost = window.getElement(id).renderer.getContext()"
        ".getExtension('WEBGL_lose_context'); window.lost.loseContext(); }",
        view,
    )
    expect(page.locator(".wbv-fallback")).to_contain_text("took the 3D view away")
    page.evaluate("window.lost.restoreContext()")
    page.wait_for_selector('.wbv[data-state="ready"]')


def test_the_similar_parts_come_or_their_absence_is_said(page, server, key):
    open_part(page, server, key)
    page.get_by_role("tab", name="Similar").click()
    expect(page.locator(".q-tab-panel")).to_contain_text("no other part")
    expect(page.get_by_text("Working on it")).to_have_count(0)


def test_the_map_shows_a_part_under_the_pointer_comes_nearer_and_opens_it(page, server, key):
    def pixel():
        return page.evaluate(
            """() => {
              const place = document.querySelector(".wb-map-canvas");
              const chart = window.getElement(Number(place.id.slice(1))).chart;
              const at = chart.getOption().series[0].data[0].value;
              const [x, y] = chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, at);
              const box = place.getBoundingClientRect();
              return [box.x + x, box.y + y, chart.getOption().dataZoom[0].end];
            }"""
        )

    page.goto(f"{server.url}/en/map")
    page.wait_for_selector(".wb-map-canvas canvas")
    page.wait_for_timeout(500)
    x, y, end = pixel()
    page.mouse.move(x, y)
    expect(page.locator(f".wb-map-canvas img[src='/part/{key}.png']")).to_be_visible()
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(500)
    assert pixel()[2] < end
    x, y, _ = pixel()
    page.mouse.click(x, y)
    page.wait_for_url(f"**/part/{key}")


def test_two_parts_are_turned_together_and_the_second_shows_its_deviation(
    page, server, key, thicker
):
    page.goto(f"{server.url}/en/upload")
    page.set_input_files("input[type=file]", thicker)
    page.wait_for_url("**/en/part/*", timeout=ANALYSED_S * 1000)
    other = page.url.rpartition("/")[2]
    page.goto(f"{server.url}/en/compare?a={key}&b={other}")
    views = page.locator('.wbv[data-state="ready"]')
    expect(views).to_have_count(2, timeout=ANALYSED_S * 1000)
    ids = [int(views.nth(i).get_attribute("id").removeprefix("c")) for i in (0, 1)]
    turned = "(id) => window.getElement(id).towards().toArray().map((x) => Math.round(x * 1e3))"
    before = page.evaluate(turned, ids[0])
    frame = views.nth(0).locator("canvas").bounding_box()
    middle = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 90, middle[1] - 40, steps=4)
    page.mouse.up()
    after = page.evaluate(turned, ids[0])
    assert after != before
    assert page.evaluate(turned, ids[1]) == pytest.approx(after, abs=2)
    views.nth(1).get_by_role("button", name="Deviation").click()
    legend = views.nth(1).locator(".wbv-legend")
    expect(legend).to_contain_text("Deviation, mm")
    expect(legend.locator(".wbv-ticks span").last).to_have_text("0.0")


def test_neither_of_two_parts_of_unlike_size_reaches_out_of_its_view(page, server, key, tmp_path):
    import cadquery as cq

    large = tmp_path / "large.step"
    cq.exporters.export(cq.Workplane().box(400, 250, 60), str(large))
    page.goto(f"{server.url}/en/upload")
    page.set_input_files("input[type=file]", large)
    page.wait_for_url("**/en/part/*", timeout=ANALYSED_S * 1000)
    other = page.url.rpartition("/")[2]
    corners = """(id) => {
        const viewer = window.getElement(id), spots = viewer.mesh.geometry.attributes.position;
        viewer.mesh.updateMatrixWorld();
        let most = 0;
        for (let v = 0; v < spots.count; v++) {
            const spot = viewer.box.min.clone().fromBufferAttribute(spots, v);
            spot.applyMatrix4(viewer.mesh.matrixWorld).project(viewer.camera);
            most = Math.max(most, Math.abs(spot.x), Math.abs(spot.y));
        }
        return most;
    }"""
    for first, second in ((key, other), (other, key)):
        page.goto(f"{server.url}/en/compare?a={first}&b={second}")
        views = page.locator('.wbv[data-state="ready"]')
        expect(views).to_have_count(2, timeout=ANALYSED_S * 1000)
        ids = [int(views.nth(i).get_attribute("id").removeprefix("c")) for i in (0, 1)]
        reach = [page.evaluate(corners, each) for each in ids]
        assert max(reach) <= 1.0
        assert max(reach) > 0.5


def test_files_dropped_before_the_page_is_connected_wait_for_it(page, server, plate):
    sent = []
    page.on("request", lambda asked: sent.append(asked.url) if "/files" in asked.url else None)
    page.goto(f"{server.url}/en/history")
    page.wait_for_function("window.did_handshake")
    page.evaluate("window.did_handshake = false")
    page.set_input_files("input[type=file]", plate)
    page.wait_for_timeout(500)
    assert not sent
    page.evaluate("window.did_handshake = true")
    expect(page.locator(".wb-revision-line .wb-name")).to_have_text(["plate.step"])
    expect(page.locator(".wb-revision-line img")).to_have_count(1, timeout=ANALYSED_S * 1000)
    assert sent


def test_dropped_revisions_are_put_in_order_and_their_history_is_shown_and_kept(
    page, server, plate, thicker, tmp_path
):
    page.goto(f"{server.url}/en/history")
    page.set_input_files("input[type=file]", [thicker, plate])
    ask = page.get_by_role("button", name="Show the history")
    expect(ask).to_be_enabled(timeout=ANALYSED_S * 1000)
    page.get_by_role("button", name="Later: thicker.step").click()
    expect(page.locator(".wb-revision-line .wb-name")).to_have_text(["plate.step", "thicker.step"])
    ask.click()
    step = page.locator(".wb-step")
    expect(step).to_contain_text("Pocket", ignore_case=True, timeout=ANALYSED_S * 1000)
    expect(page.locator(".wb-table").first).to_contain_text("80 × 50 × 9 mm")
    for side in (0, 1):
        step.locator(".wb-changed-picture").nth(side).scroll_into_view_if_needed()
        page.wait_for_function(
            "(n) => document.querySelectorAll('.wb-changed-picture')[n].naturalWidth > 0", arg=side
        )
    with page.expect_download() as kept:
        page.get_by_role("button", name="PDF").click()
    kept.value.save_as(tmp_path / "history.pdf")
    assert (tmp_path / "history.pdf").read_bytes().startswith(b"%PDF")
    step.get_by_role("link", name="Compare in 3D").click()
    page.wait_for_url("**/compare?a=*")


def test_what_is_said_of_a_part_is_kept(page, server, key):
    open_part(page, server, key)
    page.get_by_role("tab", name="Details").click()
    page.get_by_label("Plant", exact=True).fill("Toshkent zavodi")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    open_part(page, server, key)
    page.get_by_role("tab", name="Details").click()
    expect(page.get_by_label("Plant", exact=True)).to_have_value("Toshkent zavodi")


def test_without_plants_matching_says_where_they_come_from_and_with_them_it_ranks(
    page, server, key
):
    def ask():
        open_part(page, server, key)
        page.get_by_role("tab", name="Plants").click()
        page.get_by_role("button", name="Find plants").click()

    ask()
    expect(page.get_by_text("No plant here yet")).to_be_visible()
    page.goto(f"{server.url}/en/plants")
    page.set_input_files("input[type=file]", ROOT / "samples" / "plants.xlsx")
    expect(page.locator(".wb-alert")).to_contain_text("illustrative")
    ask()
    expect(page.locator(".q-tab-panel h2").first).to_contain_text("route")
    expect(page.locator(".wb-route .wb-rank").first).to_have_text("1")
    expect(page.locator(".wb-route-head").first).to_contain_text("UZS")


def test_a_workbook_with_a_wrong_cell_is_refused_with_its_place(page, server):
    page.goto(f"{server.url}/en/plants")
    page.set_input_files(
        "input[type=file]", {"name": "p.xlsx", "mimeType": "", "buffer": b"no workbook at all"}
    )
    expect(page.get_by_text("p.xlsx: nothing was taken over")).to_be_visible()


def test_the_words_of_an_error_are_those_of_the_catalogue(page, server):
    from geometry.errors import NotStep

    page.goto(f"{server.url}/ru/upload")
    page.set_input_files(
        "input[type=file]", {"name": "notes.step", "mimeType": "", "buffer": b"hello\n"}
    )
    what, _ = error_words(NotStep("", reason="other_format"), "ru")
    expect(page.locator(".wb-file-error")).to_contain_text(what[:20], timeout=ANALYSED_S * 1000)
