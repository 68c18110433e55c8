"""The tablet app's files, and its page for every address that the app itself draws."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.assets import Asset
from server.problems import Refusal
from server.site import site_of

__all__ = ["ROUTES", "page"]

NOT_BUILT = b"""<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><title>Tidemark: the app is missing</title>
<h1>The tablet app has not been built</h1>
<p>The server is running, but it has no app to show. In the checkout run
<code>make build</code>, then reload this page.</p>
</html>
"""


async def file_or_page(request: Request) -> Response:
    """A file of the app; for a browser asking for any other address, the app's page."""
    path = request.path_params["path"]
    assets = site_of(request).assets
    asset = assets.find(path) if path else None
    if asset is None and _wants_page(request, path):
        return page(request)
    if asset is None:
        raise Refusal("not_found", "There is nothing at this address.")
    return _send(request, asset)


def page(request: Request) -> Response:
    """The app's page, which draws whatever the address names."""
    asset = site_of(request).assets.page()
    if asset is None:
        return Response(NOT_BUILT, 503, {"Cache-Control": "no-store"}, "text/html")
    return _send(request, asset)


def _wants_page(request: Request, path: str) -> bool:
    if path.startswith(("db/", "assets/", "icons/")) or path == "db":
        return False
    return not path or "text/html" in request.headers.get("accept", "")


def _send(request: Request, asset: Asset) -> Response:
    headers = {"ETag": asset.etag, "Cache-Control": asset.keep}
    if asset.etag in _etags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = asset.kind
    body = asset.body
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        body = asset.packed
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(body))
        body = b""
    return Response(body, headers=headers)


def _etags(header: str) -> set[str]:
    return {one.strip().removeprefix("W/") for one in header.split(",")}


ROUTES = [Route("/{path:path}", file_or_page, methods=["GET"])]
