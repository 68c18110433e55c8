"""A pen: one person's log on one tablet, written an entry at a time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import orjson

from loadtests.client import request_bytes
from schemas.canonical import GENESIS
from schemas.entry import make_entry
from sync.clock import SystemClock, instant

__all__ = ["Pen"]


@dataclass(slots=True)
class Pen:
    """Seals entries of ``person`` and packs the requests their tablet makes."""

    school: str
    person: str
    role: str
    cookie: str
    device: str = field(default_factory=lambda: f"dev-{secrets.token_hex(8)}")
    log: str = field(default_factory=lambda: secrets.token_hex(16))
    n: int = 0
    prev: str = GENESIS

    def write(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Seal the next entry."""
        body = {
            "kind": kind,
            "author": self.person,
            "role": self.role,
            "device": self.device,
            "written_at": now(),
            "clock": {"offset_ms": 0, "contact": None},
        } | fields
        self.n += 1
        entry = make_entry(self.log, self.n, self.prev, secrets.token_hex(16), body)
        self.prev = entry["digest"]
        return entry

    def push(self, *entries: dict[str, Any]) -> bytes:
        """The request that carries entries."""
        return request_bytes(
            "POST",
            f"/db/{self.school}/_bulk_docs",
            body=orjson.dumps({"docs": entries, "new_edits": False}),
            cookie=self.cookie,
            headers={"Tidemark-Device": self.device, "Tidemark-Device-Time": now()},
        )

    def sync(self, token: str, *, receipt: str | None = None, wait_s: int = 0) -> bytes:
        """The request that asks for receipts and news."""
        heads = [{"log": self.log, "n": self.n, "digest": self.prev, "receipt": receipt}]
        asked = {
            "device": self.device,
            "device_time": now(),
            "logs": heads if self.n else [],
            "token": token,
            "wait_s": wait_s,
            "waiting": 0,
        }
        path = f"/db/{self.school}/_sync"
        return request_bytes("POST", path, body=orjson.dumps(asked), cookie=self.cookie)


def now() -> str:
    """This moment, as entries write it."""
    return instant(SystemClock().now_ms())
