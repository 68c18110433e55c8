"""The demonstration's secondary school to measure with: 1,032 pupils, four weeks of registers."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from loadtests.client import Connection, Reply, request_bytes
from loadtests.provision import DATABASES
from schemas.policy import Role
from schemas.published import Sheet
from server.demo.fill import fill
from server.demo.plans import SECONDARY
from server.demo.sign_ins import SignIn
from sync.clock import SystemClock
from sync.stores.sqlite import SqliteStore

__all__ = ["FILLED", "SEED", "Demo", "make_demo", "pull", "sign_in"]

SEED = 1
FILLED = "demo-filled"
"""The folder it is filled in, copied for each bench that writes to it."""
PAGE = 1000


@dataclass(frozen=True)
class Demo:
    """Who signs in, and the register of this morning that nobody has taken yet."""

    school: str
    teacher: SignIn
    officer: SignIn
    sheet: Sheet

    @property
    def path(self) -> str:
        """The register's address in the app."""
        return f"/register/{self.sheet.date}/{self.sheet.session}/{self.sheet.group}"


def make_demo(folder: Path, data: Path) -> Demo:
    """Put the demonstration's secondary school into ``data``; it is filled once a run."""
    kept = folder / FILLED
    demo = _filled(kept)
    shutil.copytree(kept, data, dirs_exist_ok=True)
    return demo


@cache
def _filled(kept: Path) -> Demo:
    """Fill it, through the real intake and publisher."""
    shutil.rmtree(kept, ignore_errors=True)
    return asyncio.run(_fill(kept))


async def _fill(data: Path) -> Demo:
    store = SqliteStore(data / DATABASES, address="provisioning")
    filled = await fill(
        store, SystemClock(), lambda *_: None, seed=SEED, folder=data, plans=(SECONDARY,)
    )
    people = {one.role: one for one in filled.sign_ins}
    teacher, officer = people[Role.CLASS_TEACHER], people[Role.ATTENDANCE_OFFICER]
    database = await store.open(teacher.school)
    found = [
        Sheet.model_validate_json(orjson.dumps({"_id": one.id, **one.body}))
        for one in await database.range("sheet:", "sheet;")
    ]
    await store.close()
    latest = max(sheet.date for sheet in found)
    mine = [
        s for s in found if s.date == latest and s.session == "AM" and s.group in teacher.groups
    ]
    assert mine, "the demonstration's teacher takes no register this morning"
    assert not mine[0].takings, "the demonstration's register of this morning is taken already"
    return Demo(teacher.school, teacher, officer, mine[0])


async def sign_in(connection: Connection, who: SignIn) -> str:
    """Sign in as a browser does; the cookie, as it is sent back."""
    body = orjson.dumps({"username": who.username, "password": who.password})
    answer = await connection.ask(request_bytes("POST", "/session", body=body))
    cookie = answer.header("set-cookie")
    assert cookie is not None, f"signing in: {answer.status}"
    return cookie.partition(";")[0]


async def pull(
    connection: Connection, school: str, cookie: str, since: str
) -> tuple[str, list[Reply]]:
    """Pull all there is after ``since``, as a tablet does: the token to go on from, the answers."""
    answers: list[Reply] = []
    while True:
        path = f"/db/{school}/_changes?since={since}&limit={PAGE}&include_docs=true"
        answer = await connection.ask(request_bytes("GET", path, cookie=cookie))
        assert answer.status == 200, f"pulling: {answer.status}"
        answers.append(answer)
        page = answer.json()
        since = page["last_seq"]
        if not page["pending"]:
            return since, answers
