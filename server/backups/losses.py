"""What a restore sets back: what came into a database after its backup, read from what is there.

Entries written on tablets come back by themselves: each tablet keeps its own until a backup holds
them. The rest does not, so it is counted and named, as far as the files replaced can be read.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import orjson

from server.accounts import DATABASE as ACCOUNTS
from server.backups.folder import Kept
from sync.stores.sqlite import FileSettings
from sync.stores.sqlite.handles import PLACE, connect
from sync.stores.sqlite.queries import fetch

__all__ = ["Loss", "loss_of"]

_SINCE = "SELECT id, body FROM docs WHERE seq > ? AND NOT deleted"
_ROSTER = frozenset({"school", "group", "pupil"})
_KINDS = {
    "grant.given": "grants",
    "grant.ended": "grants",
    "watch.started": "watches",
    "concern.raised": "concerns",
}
_BESIDE = {"photo": "photos", "draft": "drafts"}
"""What lies beside the record, and comes back from its author's tablet."""
_OF_ACCOUNTS = {"account": "accounts", "device": "devices"}


@dataclass
class Loss:
    """What one database had after its backup. ``known`` False: its file cannot say.

    ``counts`` by what: ``entries``, of them ``grants``, ``decisions`` on what is held, ``watches``
    and ``concerns``; ``photos``, ``drafts``; ``roster`` documents; ``accounts`` and ``devices``.
    ``devices``: from which the entries came.
    """

    name: str
    known: bool
    counts: Counter[str] = field(default_factory=Counter)
    devices: set[str] = field(default_factory=set)
    first: str | None = None
    last: str | None = None

    @property
    def sentences(self) -> list[str]:
        """Said to whoever restores, with what to do; nothing where nothing is lost."""
        if not self.known:
            sentence = (
                "what it had after the backup cannot be told (its file is not there, is damaged, "
                "or was restored before). Tablets bring back what was written on them; look "
                "through accounts, grants and devices."
            )
            return [f"{self.name}: {sentence}"]
        return [f"{self.name}: {one}" for one in (*self._of_entries(), *self._of_others())]

    def _of_entries(self) -> list[str]:
        count = self.counts
        if not count["entries"]:
            return []
        sentence = (
            f"{_some(count['entries'], 'entry', 'entries')} came in after the backup, from "
            f"{_some(len(self.devices), 'device', 'devices')}, between {self.first} and "
            f"{self.last}. Each comes back when its device is next in touch; those of a tablet or "
            "a desk's browser that has been cleared since do not."
        )
        said = [sentence]
        if count["watches"]:
            said.append(
                f"{_some(count['watches'], 'of them says', 'of them say')} that somebody went out "
                "alone: until it is back no alarm is raised for them. Ring them."
            )
        if count["concerns"]:
            said.append(
                f"{_some(count['concerns'], 'of them raises a concern', 'of them raise concerns')}"
                " about a child: until it is back, ask those who work there by telephone."
            )
        if count["grants"]:
            said.append(
                f"{_some(count['grants'], 'of them gives or ends', 'of them give or end')} grants: "
                "until they are back, look through who may do what."
            )
        if count["decisions"]:
            said.append(
                f"{_some(count['decisions'], 'of them decides', 'of them decide')} on held entries."
            )
        return said

    def _of_others(self) -> list[str]:
        count, said = self.counts, []
        if count["roster"]:
            said.append(
                f"{_some(count['roster'], 'document', 'documents')} of the roster changed after "
                "the backup: bring the roster in again."
            )
        again = {
            "photos": "their authors' tablets send them again, those of the last seven days.",
            "drafts": "their authors' tablets send them again.",
            "accounts": "make those changes again.",
            "devices": "enrol or revoke them again; what was revoked is not any more.",
        }
        return said + [
            f"{_some(count[what], what[:-1], what)} changed after the backup: {advice}"
            for what, advice in again.items()
            if count[what]
        ]


def loss_of(name: str, path: Path, kept: Kept) -> Loss:
    """What the database at ``path`` has and the copy ``kept`` has not."""
    try:
        with closing(connect(path, FileSettings())) as connection:
            connection.pragma("query_only", True)
            epoch, sequence = fetch(connection, PLACE)[0]
            if epoch != kept.epoch or sequence < kept.sequence:
                return Loss(name, known=False)
            return _read(connection, Loss(name, known=True), kept.sequence)
    except apsw.Error:
        return Loss(name, known=False)


def _read(connection: apsw.Connection, loss: Loss, since: int) -> Loss:
    for id, body in connection.execute(_SINCE, (since,)):  # noqa: A001  # a document's
        kind = id.partition(":")[0]
        if loss.name == ACCOUNTS:
            loss.counts[_OF_ACCOUNTS.get(kind, "other")] += 1
        elif kind in _ROSTER:
            loss.counts["roster"] += 1
        elif kind in _BESIDE:
            loss.counts[_BESIDE[kind]] += 1
        elif kind == "entry":
            _count_entry(loss, orjson.loads(body))
        elif kind == "arrival":
            _count_arrival(loss, orjson.loads(body))
    return loss


def _count_entry(loss: Loss, entry: dict[str, object]) -> None:
    body = entry.get("body")
    kind = str(body.get("kind")) if isinstance(body, dict) else ""
    loss.counts["entries"] += 1
    loss.counts[_KINDS.get(kind, "decisions" if kind.startswith("quarantine.") else "other")] += 1


def _count_arrival(loss: Loss, arrival: dict[str, object]) -> None:
    at = str(arrival["received_at"])
    loss.devices.add(str(arrival.get("device") or arrival["log"]))
    loss.first = min(loss.first or at, at)
    loss.last = max(loss.last or at, at)


def _some(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
