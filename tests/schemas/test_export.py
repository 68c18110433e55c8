import json

import jsonschema

from schemas.export import fact_defaults, main, schema
from schemas.family.facts import DoorOutcome
from tests.factory import TUTOR, Tablet, claim


def test_it_writes_what_the_tablet_needs(tmp_path):
    main(tmp_path / "new")
    written = json.loads((tmp_path / "new" / "schema.json").read_text("utf-8"))
    tables = json.loads((tmp_path / "new" / "tables.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(schema()))
    assert {"Entry", "Sheet", "SyncAnswer", "Receipt", "Held"} <= written["$defs"].keys()
    assert [row["code"] for row in tables["codes"]][:3] == ["/", "\\", "L"]
    assert tables["n_school_days"] == 5
    assert tables["entry_roles"]["contest.settled"] == [
        "attendance_champion",
        "attendance_officer",
        "head",
    ]


def test_what_a_fact_leaves_unsaid_is_told_the_tablet():
    defaults = fact_defaults()
    assert defaults["outcome"] == {"fact": "outcome", "card_left": False, "note": None}
    assert defaults["action"]["status"] == "open"
    assert defaults["meeting"]["attended"] == []
    said = DoorOutcome(outcome="seen").model_dump(mode="json")
    assert defaults["outcome"] | {"outcome": "seen"} == said


def test_the_schema_accepts_an_entry_and_refuses_a_broken_one():
    whole = schema()
    check = jsonschema.Draft202012Validator({"$ref": "#/$defs/Entry", "$defs": whole["$defs"]})
    entry = Tablet(TUTOR).write(
        "register.voided",
        entry="entry:" + "a" * 32 + ":00000001:" + "b" * 16,
        date="2026-11-23",
        session="AM",
        reason="Wrong group",
    )
    assert check.is_valid(entry)
    assert not check.is_valid(entry | {"n": 0})
    assert not check.is_valid(Tablet(TUTOR).register(claim(1), group=""))
