"""What the pages fetch beside themselves: meshes, pictures, the style; where uploads arrive."""

import functools
import gzip

from fastapi import HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from nicegui import app
from starlette.requests import ClientDisconnect

from workbench import language as catalogue
from workbench import rule_profiles
from workbench.errors import KNOWN
from workbench.plants import workbook
from workbench.web.desk import Desk, TooManyBytes
from workbench.web.frame import PAGES, STYLE, theme_link
from workbench.web.tongue import best_language

__all__ = ["register_routes"]

FOR_EVER = "private, max-age=31536000, immutable"  # a key names the content of its file
A_WHILE = "private, max-age=600"  # pictures may be drawn better by a newer version
GZIP_LEVEL = 1  # floats gain a third at the first level and little at the others
DRAWING_ALONE = "default-src 'none'; style-src 'unsafe-inline'"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register_routes(desk: Desk) -> None:
    """Add the addresses that are not pages."""

    @app.get(theme_link())
    def theme() -> Response:
        return FileResponse(STYLE, media_type="text/css", headers={"Cache-Control": FOR_EVER})

    @app.get("/compare/{a}/{b}.glb")
    async def deviation(a: str, b: str, request: Request) -> Response:
        return await _mesh(await _asked(desk, "deviation_glb", a, b), request)

    @app.get("/compare/{a}/{b}-{side}.png")
    async def compared(a: str, b: str, side: str) -> Response:
        try:
            drawn = await desk.ask_long("compared_pictures", a, b)
        except KNOWN as error:
            raise HTTPException(404) from error
        if side not in drawn:
            raise HTTPException(404)
        return Response(drawn[side], media_type="image/png", headers={"Cache-Control": A_WHILE})

    @app.get("/part/{key}.glb")
    async def mesh(key: str, request: Request) -> Response:
        return await _mesh(await _asked(desk, "glb", key), request)

    async def _mesh(data: bytes, request: Request) -> Response:
        headers = {"Cache-Control": A_WHILE, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            data = await desk.work_aside(gzip.compress, data, GZIP_LEVEL)
            headers["Content-Encoding"] = "gzip"
        return Response(data, media_type="model/gltf-binary", headers=headers)

    @app.get("/part/{key}.png")
    async def picture(key: str) -> Response:
        data = await _asked(desk, "thumbnail", key)
        return Response(data, media_type="image/png", headers={"Cache-Control": A_WHILE})

    @app.get("/part/{key}.flat.svg")
    async def flat(key: str) -> Response:
        data = await _asked(desk, "flat_drawing", key, "svg")
        headers = {"Cache-Control": A_WHILE, "Content-Security-Policy": DRAWING_ALONE}
        return Response(data, media_type="image/svg+xml", headers=headers)

    @app.get("/part/{key}.flat.dxf")
    async def flat_dxf(key: str) -> Response:
        data = await _asked(desk, "flat_drawing", key, "dxf")
        name = f'attachment; filename="{key}.dxf"'
        return Response(data, media_type="image/vnd.dxf", headers={"Content-Disposition": name})

    @app.get("/plants/template-{code}.xlsx")
    async def template(code: str) -> Response:
        if code not in catalogue.LANGUAGES:
            raise HTTPException(404)
        data = await desk.work_aside(functools.partial(workbook.write, (), tag=code))
        name = 'attachment; filename="plants.xlsx"'
        return Response(data, media_type=WORKBOOK, headers={"Content-Disposition": name})

    @app.get("/rules/template-{code}.toml")
    async def rules_template(code: str) -> Response:
        if code not in catalogue.LANGUAGES:
            raise HTTPException(404)
        text = await desk.work_aside(rule_profiles.template, code)
        name = 'attachment; filename="rules.toml"'
        return Response(text, media_type="application/toml", headers={"Content-Disposition": name})

    @app.post("/files")
    async def upload(request: Request) -> Response:
        try:
            return JSONResponse({"token": await desk.store(request.stream())})
        except TooManyBytes:
            return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=413)

    for each in PAGES:  # last: `/part/{key}` would answer for `/part/{key}.png` too
        app.get(each.path)(_in_own_language)


def _in_own_language(request: Request) -> Response:
    """An address without a language, typed or sent by a colleague, in the browser's own."""
    address = request.url.replace(path=f"/{best_language(request)}{request.url.path}")
    query = f"?{address.query}" if address.query else ""
    return RedirectResponse(address.path + query, headers={"Vary": "Accept-Language"})


async def _asked(desk: Desk, verb: str, *given: str) -> bytes:
    try:
        return bytes(await desk.ask(verb, *given))
    except KNOWN as error:
        raise HTTPException(404) from error
