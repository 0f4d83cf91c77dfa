"""Which requests reach the pages? Host, origin and body size are checked, safe headers added.

HEAD is answered for every address that GET is.
"""

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "own_names"]

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    # NiceGUI's pages build their components from inline scripts and compiled templates
    (
        b"content-security-policy",
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; "
        b"frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
    ),
]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY_VIOLATION = 1008  # close code of a refused websocket


def own_names(host: str, names: Sequence[str] = ()) -> frozenset[str]:
    """The names this server answers to when it listens on `host`."""
    known = {"localhost", *names}
    if not _is_address(host):
        known.add(host)
    elif not ipaddress.ip_address(host).is_loopback:
        known |= {socket.gethostname(), socket.getfqdn()}
    return frozenset(name.lower() for name in known)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """ASGI middleware before every page.

    A foreign site can make a visitor's browser send requests here, or point a name of its own at
    this address: the first is refused by Origin, the second by Host (an address in figures cannot
    be rebound and is fine).
    """

    def __init__(self, app: ASGIApp, *, limit_bytes: int, names: frozenset[str]) -> None:
        self.app = app
        self.limit_bytes = limit_bytes
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400, 403 or 413."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if not self._is_ours(host):
            await self._refuse(scope, receive, send, 400)
        elif self._is_foreign(scope, headers, host):
            await self._refuse(scope, receive, send, 403)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        elif _declared_bytes(headers) > self.limit_bytes:
            await self._refuse(scope, receive, send, 413)
        else:
            await self._counted(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        name = (urlsplit(f"//{host}").hostname or "").lower()
        return name in self.names or _is_address(name)

    @staticmethod
    def _is_foreign(scope: Scope, headers: dict[bytes, str], host: str) -> bool:
        if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
            return False
        origin = headers.get(b"origin")
        if origin is None:  # no browser sends a cross-site post without it
            return headers.get(b"sec-fetch-site", "same-origin") not in ("same-origin", "none")
        return urlsplit(origin).netloc.lower() != host.lower()

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes that really come: the declared length may lie or be absent.

        Addresses are registered for GET alone: HEAD is answered as GET is, without the body.
        """
        seen, over, started = 0, False, False
        only_head = scope["method"] == "HEAD"
        if only_head:
            scope = {**scope, "method": "GET"}

        async def receive_counted() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit_bytes:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                given = message.get("headers", [])
                status = 413 if over else message["status"]
                message = {**message, "status": status, "headers": [*given, *HEADERS]}
            elif only_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self.app(scope, receive_counted, send_guarded)
        except Exception:
            if not over:
                raise
            if not started:
                await self._refuse(scope, receive, send, 413)

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        headers: list[Any] = [*HEADERS, (b"connection", b"close")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _declared_bytes(headers: dict[bytes, str]) -> int:
    text = headers.get(b"content-length", "0")
    return int(text) if text.isdigit() else 0
