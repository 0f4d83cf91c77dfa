"""Requests that must not reach the pages do not."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from workbench.web.guard import Guard, own_names

LIMIT_BYTES = 1_000
HOME = "http://localhost:8080"


async def count(request: Request) -> PlainTextResponse:
    total = 0
    async for chunk in request.stream():
        total += len(chunk)
    return PlainTextResponse(str(total))


async def only_get(scope, receive, send):
    """As routes of FastAPI are, unlike those of Starlette."""
    if scope["method"] != "GET":
        await PlainTextResponse("", 405)(scope, receive, send)
        return
    await PlainTextResponse("0")(scope, receive, send)


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


def guarded(host="127.0.0.1", names=()):
    inner = Starlette(
        routes=[Route("/", count, methods=["GET", "POST"]), WebSocketRoute("/talk", talk)]
    )
    inner.mount("/only-get", only_get)
    return Guard(inner, limit_bytes=LIMIT_BYTES, names=own_names(host, names))


def client(base=HOME, **how):
    return httpx.AsyncClient(transport=httpx.ASGITransport(guarded(**how)), base_url=base)


async def in_pieces(count, size):
    for _ in range(count):
        yield b"x" * size


async def shake_hands(headers):
    """The messages that a websocket handshake with these headers gets for an answer."""
    sent = []
    incoming = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

    async def receive():
        return incoming.pop(0) if incoming else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/talk",
        "raw_path": b"/talk",
        "root_path": "",
        "query_string": b"",
        "scheme": "ws",
        "subprotocols": [],
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await asyncio.wait_for(guarded()(scope, receive, send), timeout=5)
    return sent


async def test_a_body_within_the_limit_passes():
    async with client() as pages:
        answer = await pages.post("/", content=b"x" * LIMIT_BYTES)
    assert (answer.status_code, answer.text) == (200, str(LIMIT_BYTES))


async def test_a_body_that_says_it_is_too_long_is_refused():
    async with client() as pages:
        assert (await pages.post("/", content=b"x" * (LIMIT_BYTES + 1))).status_code == 413


async def test_a_body_that_does_not_say_its_length_is_counted():
    async with client() as pages:
        answer = await pages.post("/", content=in_pieces(30, 100))
        assert "content-length" not in answer.request.headers
        assert answer.status_code == 413
        assert (await pages.post("/", content=in_pieces(9, 100))).text == "900"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://localhost:9999"])
async def test_a_post_from_another_site_is_refused(origin):
    async with client() as pages:
        assert (await pages.post("/", headers={"Origin": origin})).status_code == 403
        assert (await pages.get("/", headers={"Origin": origin})).status_code == 200


async def test_a_post_from_our_own_pages_passes():
    async with client() as pages:
        assert (await pages.post("/", headers={"Origin": HOME})).status_code == 200


@pytest.mark.parametrize(
    ("base", "status"),
    [
        ("http://127.0.0.1:8080", 200),
        ("http://[::1]:8080", 200),
        ("http://localhost:8080", 200),
        ("http://stand.factory.example", 200),
        ("http://rebound.example:8080", 400),
    ],
)
async def test_only_names_of_this_machine_are_answered(base, status):
    async with client(base, names=("stand.factory.example",)) as pages:
        assert (await pages.get("/")).status_code == status


async def test_a_websocket_from_another_site_is_closed_before_it_opens():
    own = {"host": "localhost:8080", "origin": HOME}
    assert (await shake_hands(own))[0]["type"] == "websocket.accept"
    foreign = await shake_hands({**own, "origin": "https://elsewhere.example"})
    assert foreign == [{"type": "websocket.close", "code": 1008}]


async def test_head_is_answered_as_get_is_without_the_body():
    async with client() as pages:
        head, got = await pages.head("/only-get/"), await pages.get("/only-get/")
    assert (head.status_code, head.content) == (200, b"")
    assert got.content == b"0"
    assert head.headers["content-length"] == got.headers["content-length"]


async def test_answers_carry_the_headers_that_keep_foreign_pages_out():
    async with client() as pages:
        headers = (await pages.get("/")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]
