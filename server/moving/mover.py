"""The mover: takes one school from the store of the settings in force to another one.

Copy; where others may write to the old home, close it and wait until all have noticed; copy what
came in meanwhile; compare everything; take the people along; close the old home for good; open the
new one. Each step can be cut, and done again. Until the old home is closed for good the school is
served from there; after that from the new home; in between from neither.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from schemas.errors import TidemarkError
from server import contacts
from server.accounts import DATABASE
from server.closing import LOOK_MS, Closing, close, closing_of, reopen
from server.moving.homes import home_of, is_couch, settings_at
from server.moving.people import take_along
from server.settings import Settings
from server.stores import open_store
from sync.clock import Clock, instant
from sync.errors import BadName, DatabaseMissing, MoveRefused, StoreError
from sync.moving import MOVING, Difference, Move, Step
from sync.store import Database, Store

__all__ = ["GRACE_S", "Differs", "MoveCut", "Moved", "Moving", "move_school", "reopen_school"]

_PREFIX = "tidemark-move-"

GRACE_S = 3 * LOOK_MS / 1000
"""How long after closing a school its last pushes may take to come in, at other servers."""
ROUNDS = 3
"""How often differences are mended before they count as lasting."""
NAMED = 20
"""Documents named at most in a sentence."""


class Differs(MoveRefused):
    """What was copied is not the same, whatever was tried."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        named = ", ".join(f"{one.id} ({one.what})" for one in differences[:NAMED])
        more = len(differences) - NAMED
        super().__init__(
            f"Documents differ at the new home: {len(differences)}, also after they were copied "
            f"again: {named}{f' and {more} more' if more > 0 else ''}. The school was not moved, "
            "and is served from where it was."
        )


class MoveCut(TidemarkError):
    """A store failed in the middle."""

    code = "move_cut"

    def __init__(self, error: StoreError, documents: int) -> None:
        super().__init__(
            f"{error.sentence} The move came as far as {documents} documents; the same command "
            "goes on from there."
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a move. ``before``: it was moved by an earlier one."""

    school: str
    to: str
    documents: int = 0
    people: int = 0
    before: bool = False


Told = Callable[[Step], None]


@dataclass(frozen=True)
class Moving:
    """What a move needs besides the two stores."""

    settings: Settings
    clock: Clock
    told: Told = lambda _: None
    grace_s: float = GRACE_S


async def move_school(school: str, url: str, moving: Moving) -> Moved:
    """Move a school from the store of the settings to the store ``url``.

    Raises :class:`MoveRefused` (also :class:`Differs`), :class:`MoveCut`, and what stores raise.
    """
    async with _old_home(school, moving) as (here, source, database):
        with TemporaryDirectory(prefix=_PREFIX) as folder:
            settings = settings_at(moving.settings, url, Path(folder))
            to = home_of(settings)
            if here == to:
                raise MoveRefused(f"The school {school} is at {to} already: --to is its own home.")
            gone = await closing_of(database)
            if gone is not None and gone.to != to:
                raise MoveRefused(_went(school, gone))
            async with _opened(settings, moving.clock) as target:
                return await _move(source, database, target, to, moving)


async def reopen_school(school: str, moving: Moving) -> bool:
    """Let a school be served from where it is, after a move that was cut and is given up.

    False: nothing kept it from being. Raises :class:`MoveRefused` for one that has moved.
    """
    async with _old_home(school, moving) as (_, _, database):
        gone = await closing_of(database)
        if gone is None:
            return False
        if gone.done:
            raise MoveRefused(_went(school, gone))
        await reopen(database)
        return True


def _went(school: str, gone: Closing) -> str:
    if gone.done:
        return (
            f"The school {school} moved to {gone.to} at {gone.at}, and what came in since is "
            "there. Move it on from there."
        )
    return (
        f"A move of the school {school} to {gone.to} was begun at {gone.at} and cut. Move it "
        "there with the same command as then, or give that up with --reopen."
    )


@contextlib.asynccontextmanager
async def _old_home(school: str, moving: Moving) -> AsyncIterator[tuple[str, Store, Database]]:
    settings = moving.settings
    here = home_of(settings)
    with TemporaryDirectory(prefix=_PREFIX) as folder:
        if is_couch(settings):  # a server may be using the data folder
            settings = settings.model_copy(update={"data": Path(folder)})
        async with _opened(settings, moving.clock) as source:
            try:
                database = await source.open("" if school == DATABASE else school)
            except (BadName, DatabaseMissing):
                raise MoveRefused(
                    f"There is no school {school} in {here}. Check its id, and that the settings "
                    "in force (`tidemark config`) are those of the server that has it."
                ) from None
            yield here, source, database


@contextlib.asynccontextmanager
async def _opened(settings: Settings, clock: Clock) -> AsyncIterator[Store]:
    try:
        store = open_store(settings, clock, "no address; it is moving a school")
    except OSError as error:
        raise MoveRefused(f"{home_of(settings)} cannot be opened: {error.strerror}.") from None
    try:
        yield store
    finally:
        await store.close()


async def _move(source: Store, here: Database, target: Store, to: str, moving: Moving) -> Moved:
    try:
        there = await target.open(here.name)
    except DatabaseMissing:
        there = await target.create(here.name)
    gone = await closing_of(here)
    done = gone is not None and gone.done
    if done and await there.read_local(MOVING) is None:
        return Moved(here.name, to, before=True)
    move = Move(here, there, moving.told)
    await move.begin()
    closing = Closing(to, instant(moving.clock.now_ms()), done)
    try:
        with _saying_how_far(move):
            await move.copy()
            if source.shared and not done:
                await close(here, closing)
                await asyncio.sleep(moving.grace_s)
                await move.copy()
            await _compare(move)
        people = await take_along(source, target, here.name, moving.settings, moving.clock)
        told = await here.read_local(contacts.NAME)
        await close(here, replace(closing, done=True))
    except BaseException:
        if source.shared and not done:
            with contextlib.suppress(StoreError):
                await reopen(here)
        raise
    await move.finish({} if told is None else {contacts.NAME: told})
    info = await there.info()
    return Moved(here.name, to, info.doc_count + info.deleted_count, people)


async def _compare(move: Move) -> None:
    """Compare both homes and mend what differs, until nothing does, and nothing comes in."""
    differences: list[Difference] = []
    came = 0
    for _ in range(ROUNDS):
        differences = await move.verify()
        came = await move.copy()
        if not came:
            if not differences:
                return
            await move.repair(differences)
    if not came:
        raise Differs(differences)
    raise MoveRefused(
        "The school is still being written to where it was. Stop the servers there, and move again."
    )


@contextlib.contextmanager
def _saying_how_far(move: Move) -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise MoveCut(error, move.documents) from error
