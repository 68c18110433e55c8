"""Write JSON Schema and the dated tables for the tablet: ``python -m schemas.export OUTDIR``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, get_args

from pydantic.json_schema import models_json_schema
from pydantic_core import to_jsonable_python

from schemas import (
    access,
    calendar,
    codes,
    devices,
    figures,
    policy,
    published,
    school,
    signing_in,
    syncing,
    views,
)
from schemas import entry as entries
from schemas.base import Model
from schemas.family import (
    cases,
    concerns,
    drafts,
    facts,
    glass,
    linking,
    photos,
    shares,
    visits,
    watches,
)
from schemas.family.chronology import CHRONOLOGY

__all__ = ["fact_defaults", "main", "schema", "tables"]

_MODELS: tuple[type[Model], ...] = (
    entries.Entry,
    codes.AttendanceCode,
    calendar.SchoolCalendar,
    calendar.HalfTerm,
    published.Sheet,
    published.Card,
    published.History,
    school.Group,
    school.School,
    published.Roll,
    published.Unexplained,
    published.Held,
    cases.Case,
    visits.Visit,
    watches.Watch,
    concerns.Concern,
    concerns.ConcernStatus,
    cases.CaseSummary,
    glass.Glass,
    shares.Support,
    shares.SharedSupport,
    drafts.Draft,
    drafts.DraftSaving,
    drafts.DraftKept,
    drafts.DraftDropping,
    drafts.DraftEnd,
    drafts.DraftList,
    drafts.DraftOpening,
    photos.UploadProgress,
    linking.PupilAsked,
    linking.PupilFound,
    syncing.SyncRequest,
    syncing.SyncAnswer,
    syncing.PushRow,
    syncing.Me,
    access.AccessList,
    access.Explanation,
    figures.Figures,
    signing_in.SignInWays,
    signing_in.SignInFailure,
    signing_in.SignedOut,
    glass.GlassAsked,
    glass.GlassFound,
    views.Views,
    devices.EnrolmentWish,
    devices.EnrolmentCode,
    devices.Enrolment,
    devices.Enrolled,
    devices.RevocationWish,
    devices.Devices,
    devices.Farewell,
    devices.FarewellTaken,
)


def schema() -> dict[str, Any]:
    """One JSON Schema whose ``$defs`` hold every model that crosses the wire."""
    _, definitions = models_json_schema(
        [(model, "serialization") for model in _MODELS], title="Tidemark", by_alias=True
    )
    return definitions


def fact_defaults() -> dict[str, dict[str, Any]]:
    """What each fact says where it is silent, by its name: so equal facts read alike."""
    kinds = get_args(get_args(facts.Fact)[0])
    return {
        kind.model_fields["fact"].default: {
            name: to_jsonable_python(field.default)
            for name, field in kind.model_fields.items()
            if not field.is_required()
        }
        for kind in kinds
    }


def tables() -> dict[str, Any]:
    """The code table, the policy, and what facts say by default, as data."""
    return {
        "codes": [row.model_dump(mode="json") for row in codes.CODES],
        "roles": {role.value: name for role, name in policy.ROLE_NAMES.items()},
        "desk_roles": sorted(policy.DESK_ROLES),
        "teacher_codes": sorted(policy.TEACHER_CODES),
        "entry_roles": {kind: sorted(roles) for kind, roles in policy.ENTRY_ROLES.items()},
        "group_roles": sorted(policy.GROUP_ROLES),
        "any_code_roles": sorted(r for r, rule in policy.POLICY.items() if rule.any_code),
        "ranked": [role.value for role in policy.RANKED],
        "sees": {role.value: sorted(rule.sees) for role, rule in policy.POLICY.items()},
        "powers": {role.value: sorted(rule.may) for role, rule in policy.POLICY.items()},
        "gives": {role.value: sorted(rule.gives) for role, rule in policy.POLICY.items()},
        "n_school_days": calendar.N_SCHOOL_DAYS,
        "half_term_days": calendar.HALF_TERM_DAYS,
        "max_entry_bytes": entries.MAX_ENTRY_BYTES,
        "kinds": list(entries.KINDS),
        "fact_defaults": fact_defaults(),
        "chronology": {what: dict(words) for what, words in CHRONOLOGY.items()},
        "visit_facts": sorted(facts.VISIT_FACTS),
    }


def main(out: Path) -> None:
    """Write ``schema.json`` and ``tables.json`` into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    for name, value in (("schema.json", schema()), ("tables.json", tables())):
        (out / name).write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
