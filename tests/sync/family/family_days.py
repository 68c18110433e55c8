"""Random days of three workers of one family, each of whom sees a part of what the others wrote."""

from __future__ import annotations

import random
from typing import Any

from schemas.family.cases import Case
from schemas.family.cells import FactCell
from schemas.family.facts import VISIT_FACTS
from schemas.family.visits import Visit
from sync.clock import instant, to_ms
from sync.family.casefile import visit_of
from sync.family.cases import Surroundings, case, case_cells, is_restricted
from sync.family.facts import screen
from sync.family.told import Told
from sync.family.visits import visit
from tests.sync.family.telling import CASE, Desk, claims_of, heard, outcome

ZONE = "Europe/London"
AROUND = Surroundings(time_zone=ZONE)
START = to_ms("2026-10-20T09:00:00.000Z")
MINUTE = 60_000
VISITS = ("v1", "v2")
KINDS = (
    *("visit.noted",) * 5,
    *("visit.planned",) * 2,
    *("visit.submitted",) * 2,
    *("visit.addendum",) * 2,
    *("case.noted",) * 4,
    "visit.settled",
    "case.settled",
    "photo.added",
)
NOW = object()
"""In the place of a time: when it is said."""
DATES = ("2026-10-01", "2026-10-24", "2026-10-26")
NO_DATE = (None, *DATES)
EITHER = (True, False)
KIDS = ("kid-1", "kid-2")
OF_VISIT: dict[str, dict[str, tuple[Any, ...]]] = {
    "plan": {
        "purpose": ("First", "Second"),
        "type": ("attendance",),
        "announced": (True,),
        "starts": ("2026-10-20T10:00:00.000Z", "2026-10-21T10:00:00.000Z"),
        "ends": ("2026-10-20T11:00:00.000Z", "2026-10-21T09:00:00.000Z"),
        "address": ("1 Example Street",),
        "workers": (["ann"], ["ann", "bo"], ["bo", "lea"]),
        "cancelled": (None, None, "They are away."),
    },
    "arrived": {"at": (NOW,)},
    "left": {"at": (NOW, "2026-10-20T10:30:00.000Z")},
    "outcome": {"outcome": ("seen", "no_answer"), "card_left": EITHER},
    "seen": {"item": KIDS, "seen": EITHER},
    "next_visit": {"on": (None, "2026-11-02")},
}
OF_CASE: dict[str, dict[str, tuple[Any, ...]]] = {
    "placing": {"team": ("team-1", "team-1", "team-2"), "restricted": (*EITHER, False)},
    "status": {"status": ("open", "paused", "closed"), "note": (None, "Away.")},
    "member": {
        "item": KIDS,
        "name": ("Kit",),
        "relation": ("Son",),
        "child": (True,),
        "gone": EITHER,
    },
    "action": {
        "item": ("a1",),
        "what": ("Ring",),
        "owner": ("Ann", "Bo"),
        "child": (None, *KIDS),
    },
    "barrier": {
        "item": ("b1",),
        "category": ("transport",),
        "what": ("No bus",),
        "removed": EITHER,
    },
    "contact": {
        "item": ("c1",),
        "at": (NOW,),
        "how": ("phone", "text"),
        "name": ("Mother",),
        "reached": EITHER,
    },
    "letter": {
        "item": ("l1",),
        "template": ("first",),
        "language": ("en",),
        "to": ("Mother",),
        "on": DATES,
        "text": ("Dear",),
    },
    "meeting": {"item": ("m1",), "on": DATES, "at": (None, "14:30"), "held": EITHER},
    "review": {"item": ("r1",), "due": DATES, "held": NO_DATE, "outcome": (None, "close")},
    "referral": {
        "item": ("f1",),
        "to": ("Housing",),
        "reason": ("Damp.",),
        "sent": DATES,
        "replied": NO_DATE,
    },
    "strategy": {"item": ("s1",), "what": ("A bus",), "began": DATES, "ended": NO_DATE},
    "step": {"item": ("p1",), "step": ("prosecution",), "on": DATES, "reason": ("Days.",)},
}
"""Few things to say, so that people agree and differ: by fact, the values of each field."""


def fact(source: random.Random, kind: str, moment: str) -> dict[str, Any]:
    """Something that somebody says at a moment, in an entry of a kind."""
    of_visit = kind.startswith("visit.") and source.random() < 0.6
    name, fields = source.choice(list((OF_VISIT if of_visit else OF_CASE).items()))
    said = {field: source.choice(values) for field, values in fields.items()}
    return {"fact": name, **{f: moment if v is NOW else v for f, v in said.items()}}


class Day:
    """What three workers wrote, in order, with what the server made of each."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.desk = Desk()
        self.at = START
        self.told: list[Told] = []
        self.known: dict[str, dict[str, Any]] = {}
        """By entry, what its author's tablet holds of it."""
        self._tell("ann", "case.opened", facts=[{"fact": "placing", "team": "team-1"}])
        for _ in range(source.randrange(2, 16)):
            self._act()

    def _act(self) -> None:
        source = self.source
        by, kind = source.choice(("ann", "ann", "bo", "lea")), source.choice(KINDS)
        of_visit = kind.startswith(("visit.", "photo."))
        fields: dict[str, Any] = {"visit": source.choice(VISITS)} if of_visit else {}
        if kind.endswith(".settled"):
            fields["reason"] = "I rang."
        if kind == "visit.submitted":
            fields["contribution"] = {"observation": "Seen."}
        if kind == "visit.addendum":
            notes = [one.entry for one in self.told if one.body.kind == "visit.submitted"]
            nothing = f"entry:{'d' * 32}:00000001:{'d' * 16}"
            return self._tell(by, kind, to=source.choice([*notes, nothing]), text="More.", **fields)
        if kind == "photo.added":
            photo = source.choice(("p1", "p2"))
            digest = {"photo": photo, "digest": "1" * 64, "bytes": 9, "media_type": "image/png"}
            return self._tell(by, kind, taken_at=instant(self.at), **digest, **fields)
        given = [fact(source, kind, instant(self.at)) for _ in range(source.randrange(1, 4))]
        seen = [one for one in self.told if one.body.author == by or source.random() < 0.6]
        claims = [self._claim(says, seen, fields.get("visit")) for says in given]
        return self._tell(by, kind, facts=claims, **fields)

    def _claim(self, says: dict[str, Any], seen: list[Told], of: str | None) -> dict[str, Any]:
        item = says.get("item")
        name = says["fact"] if item is None else f"{says['fact']}:{item}"
        in_visit = of is not None and says["fact"] in VISIT_FACTS
        cells = cells_of(seen, of) if in_visit else case_cells(seen)
        shown = next((one for one in cells if one.cell == name), None)
        replaces = list(screen(shown)) if self.source.random() < 0.7 else []
        return {"says": says, "observed_at": instant(self.at), "replaces": replaces}

    def _tell(self, by: str, kind: str, **fields: Any) -> None:
        source = self.source
        self.at += source.randrange(1, 20) * MINUTE
        offset = source.choice((0, 0, 0, 90_000, -90_000))
        written = instant(self.at)
        received = instant(self.at + source.randrange(0, 3) * MINUTE + 90_000)
        entry = self.desk.write(by, kind, offset, written_at=written, **fields)
        held = "Not yours." if source.random() < 0.15 else None
        if kind == "visit.submitted" and by != "ann":
            held = None  # nobody but its author knows of a note that is held
        claims = claims_of(entry) if "facts" in entry["body"] else []
        aside = [(0, "Not this.")] if claims and source.random() < 0.1 else []
        judged = held is not None or aside
        decided = source.choice((None, "released", "declined", "contested")) if judged else None
        self.told.append(heard(entry, received, held=held, aside=aside, decided=decided))
        what = {"outcome": outcome(decided, received).model_dump(mode="json")} if decided else {}
        fate: dict[str, Any] = {
            "state": "held" if held is not None else "stored",
            "reason": held,
            "receivedAt": received,
            "setAside": [{"claim": claims[0], "reason": why, **what} for _, why in aside],
        }
        fate |= what if held is not None else {}
        self.known[entry["_id"]] = {"entry": entry, "fate": fate}


def cells_of(told: list[Told], of: str | None) -> tuple[FactCell, ...]:
    """The cells of a visit."""
    return fold_visit(str(of), told, restricted=False).cells


def fold_visit(name: str, told: list[Told], *, restricted: bool) -> Visit:
    """One visit of what was told."""
    mine = [one for one in told if visit_of(one.spoken.entry) == name]
    return visit(name, CASE, mine, restricted=restricted, as_at=instant(START))


def fold_all(told: list[Told]) -> tuple[Case | None, list[Visit]]:
    """The case and its visits, as the server folds them."""
    if not told:
        return None, []
    restricted = is_restricted(case_cells(told))
    named = sorted({name for one in told if (name := visit_of(one.spoken.entry)) is not None})
    visits = [fold_visit(name, told, restricted=restricted) for name in named]
    return case(CASE, told, visits, AROUND, instant(START)), visits
