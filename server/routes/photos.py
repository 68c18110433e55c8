"""Photos of visits: bytes in, portion by portion, and out to whoever may see the visit."""

from __future__ import annotations

from typing import cast

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.entry import PhotoAdded
from schemas.published import Held
from server.answers import model_answer
from server.photos.uploads import MAX_PORTION, Part, Uploads
from server.problems import Refusal
from server.record import note
from server.routes.scope import Scoped, entered
from server.site import site_of
from sync import channels
from sync.lookups import read_held
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database

__all__ = ["ROUTES"]

_HEADERS = {"Cache-Control": "no-store"}
_UNKNOWN = "No photo of that name was announced here; the entry that adds it comes first."


async def offset(request: Request) -> Response:
    """``GET /db/{school}/_photos/{photo}/{part}/offset``: how far it has come."""
    async with entered(request) as scoped:
        uploads = await _own(request, scoped)
        return model_answer(await uploads.progress(_part(request)))


async def append(request: Request) -> Response:
    """``PATCH …``: a portion that begins at ``Upload-Offset`` of ``Upload-Length`` bytes in all.

    A portion that is cut counts as far as it came: ``…/offset`` says how far.
    """
    async with entered(request) as scoped:
        begins, length = _number(request, "Upload-Offset"), _number(request, "Upload-Length")
        uploads, part = await _own(request, scoped), _part(request)
        data, whole = await _received(request)
        progress = await uploads.append(part, begins, length, data)
        note(request.scope, portion=len(data), cut=not whole)
        if progress.offset == length:
            scoped.school.publisher.wake()
    return model_answer(progress)


async def read(request: Request) -> Response:
    """``GET …``: the photo, or its thumbnail, for whoever may see the visit."""
    async with entered(request) as scoped:
        spoken = await _announced(scoped.school.database, request.path_params["photo"])
        body = spoken.entry.body
        assert isinstance(body, PhotoAdded)  # noqa: S101  # nothing else announces one
        database = scoped.school.database
        if not await _sees(scoped, body) or not await _stands(database, spoken):
            raise Refusal("not_found", _UNKNOWN)
        uploads = Uploads(database, spoken.entry.id, body, site_of(request).clock)
        found = await uploads.read(_part(request))
        if found is None:
            raise Refusal("not_found", "This photo has not come yet, or it is held.")
    data, media_type = found
    headers = {**_HEADERS, "Content-Disposition": "inline", "Content-Type": media_type}
    return Response(data, headers=headers)


async def _received(request: Request) -> tuple[bytes, bool]:
    """What came of the body, and whether that was all of it."""
    data = bytearray()
    try:
        async for piece in request.stream():
            data += piece
            if len(data) > MAX_PORTION:
                raise Refusal(
                    "too_large", f"A portion has at most {MAX_PORTION} bytes; send it in smaller."
                )
    except ClientDisconnect:
        return bytes(data), False
    return bytes(data), True


async def _own(request: Request, scoped: Scoped) -> Uploads:
    """The uploads of a photo of the visitor's own, whose entry stands."""
    database, photo = scoped.school.database, request.path_params["photo"]
    spoken = await _announced(database, photo)
    body = spoken.entry.body
    if not isinstance(body, PhotoAdded) or body.author != scoped.visitor.account.person:
        raise Refusal("not_found", _UNKNOWN)
    if not await _stands(database, spoken):
        raise Refusal(
            "upload_held",
            "The entry that adds this photo is held, so its bytes are not taken yet. Keep them: "
            "they are asked for once it is released.",
        )
    return Uploads(database, spoken.entry.id, body, site_of(request).clock)


async def _announced(database: Database, photo: str) -> Spoken:
    """The entry that announced a photo: the first that came in, where several name it."""
    topic = channels.photo(photo)
    wanted = frozenset({channels.entries(topic), channels.arrivals(topic)})
    documents, _ = await read_feed(database, 0, wanted)
    spoken = [one for one in Pairing().add(documents) if isinstance(one.entry.body, PhotoAdded)]
    found = sorted(spoken, key=lambda one: (one.received_at, one.entry.id))
    if not found:  # a decision on a photo that is held lies here as well
        raise Refusal("not_found", _UNKNOWN)
    return found[0]


async def _stands(database: Database, spoken: Spoken) -> bool:
    if spoken.item.verdict == "stored":
        return True
    name = f"held:{spoken.item.digest[:32]}"
    document, *_ = await database.read([name])
    held: Held | None = None if document is None else read_held(name, document.body)
    return held is not None and held.outcome is not None and held.outcome.what == "released"


async def _sees(scoped: Scoped, body: PhotoAdded) -> bool:
    visit, *_ = await scoped.school.database.read([f"visit:{body.visit}"])
    if visit is None or visit.deleted or visit.body["case"] != body.case:
        return False
    return not scoped.channels.isdisjoint(visit.channels)


def _part(request: Request) -> Part:
    part = request.path_params["part"]
    if part not in {"thumbnail", "photo"}:
        raise Refusal("not_found", "A photo has two parts: thumbnail and photo.")
    return cast("Part", part)


def _number(request: Request, name: str) -> int:
    value = request.headers.get(name, "")
    if not value.isdecimal() or len(value) > 12:
        raise Refusal("bad_request", f"Send {name} as a number of bytes; it was {value[:40]!r}.")
    return int(value)


_PATH = "/db/{school}/_photos/{photo}/{part}"
ROUTES = [
    Route(f"{_PATH}/offset", offset, methods=["GET"]),
    Route(_PATH, append, methods=["PATCH"]),
    Route(_PATH, read, methods=["GET"]),
]
