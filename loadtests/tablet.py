"""A tablet's log: sealed entries, and the requests that carry them, made before the clock runs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from loadtests.client import request_bytes
from loadtests.provision import Teacher
from loadtests.school import Shape, form_id, pupil_id
from schemas.canonical import GENESIS
from schemas.entry import make_entry
from schemas.policy import Role

__all__ = ["Errand", "Tablet"]


@dataclass(frozen=True, slots=True)
class Errand:
    """One register on its way: the push, then the question that brings its receipt.

    ``entry``: its ``_id``. ``n``: its number, through which the receipt must go. ``look``: reads
    the sheet it will be published on.
    """

    school: str
    entry: str
    n: int
    sheet: str
    push: bytes
    sync: bytes
    look: bytes


@dataclass(slots=True)
class Tablet:
    """One teacher's tablet with an empty outbox."""

    teacher: Teacher
    shape: Shape
    device: str = field(default_factory=lambda: f"dev-{secrets.token_hex(8)}")
    log: str = field(default_factory=lambda: secrets.token_hex(16))
    n: int = 0
    prev: str = GENESIS

    def register(self, date: str, session: Literal["AM", "PM"], now: str) -> Errand:
        """Seal a register of the teacher's form, taken at ``now``, and pack its requests."""
        entry = self.seal(date, session, now)
        sheet = f"sheet:{date}:{session}:{form_id(self.teacher.form)}"
        return Errand(
            school=self.teacher.school,
            entry=entry["_id"],
            n=self.n,
            sheet=sheet,
            push=self._push(entry, now),
            sync=self._sync(now),
            look=request_bytes("GET", f"/db/{self.teacher.school}/{sheet}", cookie=self._cookie),
        )

    def seal(self, date: str, session: Literal["AM", "PM"], now: str) -> dict[str, Any]:
        """Seal a register as the log's next entry."""
        teacher = self.teacher
        body = {
            "kind": "register.taken",
            "group": form_id(teacher.form),
            "date": date,
            "session": session,
            "paper": None,
            "claims": [
                _claim(pupil_id(teacher.form, number), number, session, now)
                for number in range(self.shape.pupils_a_form)
            ],
            "author": teacher.person,
            "role": Role.CLASS_TEACHER.value,
            "device": self.device,
            "written_at": now,
            "clock": {"offset_ms": 0, "contact": teacher.contact},
        }
        self.n += 1
        entry = make_entry(self.log, self.n, self.prev, secrets.token_hex(16), body)
        self.prev = entry["digest"]
        return entry

    @property
    def _cookie(self) -> str:
        return f"tidemark_session={self.teacher.cookie}"

    def _push(self, entry: dict[str, Any], now: str) -> bytes:
        return request_bytes(
            "POST",
            f"/db/{self.teacher.school}/_bulk_docs",
            body=orjson.dumps({"docs": [entry], "new_edits": False}),
            cookie=self._cookie,
            headers={"Tidemark-Device": self.device, "Tidemark-Device-Time": now},
        )

    def _sync(self, now: str) -> bytes:
        asked = {
            "device": self.device,
            "device_time": now,
            "logs": [{"log": self.log, "n": self.n, "digest": self.prev, "receipt": None}],
            "token": self.teacher.token,
            "wait_s": 0,
            "waiting": 0,
        }
        return request_bytes(
            "POST",
            f"/db/{self.teacher.school}/_sync",
            body=orjson.dumps(asked),
            cookie=self._cookie,
        )


def _claim(pupil: str, number: int, session: str, now: str) -> dict[str, Any]:
    """Most are here; one of each form is absent, one comes in late."""
    claim: dict[str, Any] = {"pupil": pupil, "observed_at": now, "replaces": []}
    if number == 3:
        return claim | {"code": "N"}
    if number == 7:
        return claim | {"code": "L", "arrived": "08:58" if session == "AM" else "13:10"}
    return claim | {"code": "/" if session == "AM" else "\\"}
