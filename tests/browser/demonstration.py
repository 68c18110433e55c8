"""The demonstration that browser tests work in: filled once, copied for each server."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.servers import PATIENCE_S, ROOT, Clock, moved_to, start_demo

CACHE = ROOT / "build" / "browser"
SOURCES = ("schemas", "sync", "server")
FILLED_AT = "08:40"
PRIMARY = "Quillbrook Primary School"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    name: str
    username: str
    password: str


@dataclass(frozen=True)
class Demonstration:
    """A filled data folder. ``said``: the line of JSON that its first start printed."""

    data: Path
    said: dict[str, Any]

    def person(self, role: str, school: str = PRIMARY) -> Person:
        """The person of that role at a school."""
        (one,) = [
            row
            for row in self.said["sign_ins"]
            if row["role"] == role and row["school_name"] == school
        ]
        return Person(one["name"], one["username"], one["password"])

    @property
    def tutor(self) -> Person:
        return self.person("class_teacher")

    @property
    def cover(self) -> Person:
        return self.person("cover_teacher")

    @property
    def officer(self) -> Person:
        return self.person("attendance_officer")

    @property
    def head(self) -> Person:
        return self.person("head")

    @property
    def safeguarding_lead(self) -> Person:
        return self.person("safeguarding_lead")

    @property
    def family_workers(self) -> list[Person]:
        """The workers of the authority's team."""
        rows = [row for row in self.said["sign_ins"] if row["role"] == "family_worker"]
        return [Person(row["name"], row["username"], row["password"]) for row in rows]

    @property
    def team_lead(self) -> Person:
        """Who leads that team."""
        (one,) = [row for row in self.said["sign_ins"] if row["role"] == "team_lead"]
        return Person(one["name"], one["username"], one["password"])

    @property
    def coordinator(self) -> Person:
        """Who plans the area's work."""
        (one,) = [row for row in self.said["sign_ins"] if row["role"] == "authority_coordinator"]
        return Person(one["name"], one["username"], one["password"])

    @property
    def governor(self) -> Person:
        return self.person("governor")

    @property
    def school(self) -> str:
        """The id of the primary school."""
        return next(
            str(row["school"]) for row in self.said["sign_ins"] if row["school_name"] == PRIMARY
        )

    def copy(self, to: Path) -> Path:
        """A data folder of one's own."""
        return Path(shutil.copytree(self.data, to))


def filled() -> Demonstration:
    """The demonstration as this very code fills it; from the cache if it did so before.

    TIDEMARK_TEST_DEMONSTRATION names one that was filled by earlier code, to save the time.
    """
    named = os.environ.get("TIDEMARK_TEST_DEMONSTRATION")
    place = Path(named) if named else CACHE / f"demonstration-{_digest()}"
    if not place.exists():
        for old in CACHE.glob("demonstration-*"):
            shutil.rmtree(old)
        making = CACHE / f"making-{os.getpid()}"
        making.mkdir(parents=True)
        process, said = start_demo(making / "data", Clock(making / "clock", moved_to(FILLED_AT)))
        end(process)
        (making / "said.json").write_text(json.dumps(said), encoding="utf-8")
        making.rename(place)
    said = json.loads((place / "said.json").read_text(encoding="utf-8"))
    return Demonstration(place / "data", said)


def end(process: "subprocess.Popen[str]") -> None:
    """Stop a demonstration as Ctrl+C does, and see that it ends well."""
    process.send_signal(signal.SIGINT)
    deadline = time.monotonic() + PATIENCE_S
    assert process.wait(deadline - time.monotonic()) == 0
    if process.stdout is not None:
        process.stdout.close()


def _digest() -> str:
    """Of everything that decides what a filled folder holds."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:20]
