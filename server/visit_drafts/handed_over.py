"""Drafts that a revoked tablet hands over: kept under their authors, who go on with them elsewhere.

They are nobody else's to decide on, so they lie in no quarantine. Whoever they name as their author
sees, by the device, that they come from a tablet that was revoked.
"""

from __future__ import annotations

import orjson
from pydantic import ValidationError

from schemas.devices import FarewellDraft
from schemas.family.drafts import DraftSaving
from server.accounts import Accounts
from server.bodies import unreadable
from server.schools import OpenSchool
from server.visit_drafts.keeping import Author, digest_of, keep

__all__ = ["keep_over"]


async def keep_over(
    accounts: Accounts, opened: OpenSchool, device: str, draft: FarewellDraft, now_ms: int
) -> None:
    """Keep a draft that was handed over; again, nothing changes. Raises ``Refusal``."""
    try:
        saving = DraftSaving.model_validate_json(orjson.dumps(draft.saving))
    except ValidationError as error:
        raise unreadable(error) from None
    account = await accounts.kept(draft.person)
    member = opened.roster.staff.get(draft.person)
    known = account or member
    name = known.name if known is not None else "Somebody no longer on the staff list"
    author = Author(draft.person, name, device)
    await keep(opened.database, author, saving, digest_of(draft.saving), now_ms)
