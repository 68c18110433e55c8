"""What is said of who sees what, and that it is what happens."""

from __future__ import annotations

import pytest

from schemas.access import Ended, Grant
from schemas.policy import Role
from sync import channels
from sync.clock import to_ms
from sync.document import Document
from sync.explain import Explainer, grant_line, state_of
from sync.grants import Access
from tests.factory import MONDAY, roster

NOW = to_ms(f"{MONDAY}T09:30:00.000Z")
SHEET = channels.sheet(MONDAY, "form-1", "p9")
CARD = channels.card("pup-1", ["form-1", "gone"])
DESKS = "attendance officer, senior attendance champion, head teacher, designated safeguarding lead"
OTHERS = "is for other groups or pupils, or other days."
NAMES = {"p": "Pat Person", "h": "Hana Head", "p9": "Cal Cover"}


def at(time: str) -> str:
    return f"{MONDAY}T{time}:00.000Z"


def grant(role: Role = Role.COVER_TEACHER, **fields) -> Grant:
    return Grant(**({"person": "p", "role": role, "given_by": "h"} | fields))


def explained(
    to: frozenset[str] | None,
    *grants: Grant,
    deleted: bool = False,
    document: str = "card:pup-1",
    **body,
):
    found = None if to is None else Document("d", "1-a", body, deleted=deleted, channels=to)
    explainer = Explainer(roster(), lambda person: NAMES.get(person, "Nobody known"), NOW)
    return explainer.explain(Access("p", grants), document, found)


def test_what_lets_somebody_see_it_is_named():
    said = explained(SHEET, grant(groups=("form-1",)))
    assert said.sees
    assert said.because == (
        "Pat Person as cover teacher of FORM-1 sees it: it goes to whoever takes the registers "
        "of FORM-1."
    )
    assert said.goes_to == (
        "Cal Cover, to whom the register was given on 23 November 2026",
        f"{DESKS}, for 5 school days from 23 November 2026",
        "whoever takes the registers of FORM-1",
    )
    (line,) = said.grants
    assert (line.state, line.given_by_name, line.ended_by_name) == ("in_force", "Hana Head", None)


@pytest.mark.parametrize(
    ("given", "because", "why"),
    [
        (
            grant(groups=("form-1",), ends=at("09:00")),
            "Nothing that Pat Person was granted is in force at this moment.",
            "Pat Person as cover teacher of FORM-1 ended at 09:00 on 23 November 2026.",
        ),
        (
            grant(groups=("form-1",), starts=at("10:00")),
            "Nothing that Pat Person was granted is in force at this moment.",
            "Pat Person as cover teacher of FORM-1 begins at 10:00 on 23 November 2026.",
        ),
        (
            grant(groups=("form-2",)),
            "Nothing that Pat Person was granted and that is in force reaches it.",
            f"Pat Person as cover teacher of a group that is no more {OTHERS}",
        ),
        (
            grant(Role.GOVERNOR),
            "Nothing that Pat Person was granted and that is in force reaches it.",
            "A governor does not see documents of this kind.",
        ),
        (
            grant(Role.FAMILY_WORKER, pupils=("pup-2",)),
            "Nothing that Pat Person was granted and that is in force reaches it.",
            f"Pat Person as family worker for 1 pupil by name {OTHERS}",
        ),
    ],
)
def test_what_is_missing_is_named(given, because, why):
    said = explained(CARD, given)
    assert not said.sees
    assert said.because == because
    assert [(line.sees, line.why) for line in said.grants] == [(False, why)]


def test_days_that_left_the_window_are_named():
    old = channels.sheet("2026-11-02", "form-1", None) | channels.roll("2026-11-02")
    for role in (Role.HEAD, Role.COVER_TEACHER):
        said = explained(old, grant(role))
        assert not said.sees
        assert "this one is older" in (said.grants[0].why or "")


def test_half_terms_are_told_in_words():
    said = explained(channels.history("2026-11-02", "pup-1", []), grant(Role.HEAD))
    assert said.sees
    assert "until two half-terms after 2 November 2026 began" in said.because
    assert "whoever was granted this pupil by name" in " ".join(said.goes_to)
    other = explained(channels.history("2026-11-02", "pup-1", []), grant(Role.GOVERNOR))
    assert not other.sees


@pytest.mark.parametrize(
    ("to", "deleted", "because"),
    [
        (None, False, "There is no such document, so nobody sees it."),
        (CARD, True, "The document was removed, so nobody sees it any more."),
        (
            frozenset({"entries:2026-11-23", "roster"}),
            False,
            "It is the server's own record. It is sent to nobody; its parts are published.",
        ),
    ],
)
def test_nobody_sees_what_is_not_there_or_the_servers_own(to, deleted, because):
    said = explained(to, grant(Role.HEAD), deleted=deleted)
    assert (said.sees, said.because) == (False, because)


def test_what_one_sent_oneself_is_ones_own_for_good():
    said = explained(channels.held("p"), grant(ends=at("09:00")), type="held")
    assert said.sees
    assert said.because == "Pat Person sees it because it is their own: they sent what is held."
    assert "Pat Person, whose own it is" in said.goes_to
    others = explained(channels.held("p9"))
    assert (others.sees, others.because) == (
        False,
        "Pat Person was never granted anything in this school.",
    )


def test_whoever_works_here_sees_the_school_and_todays_fire_lists():
    for to in (channels.STAFF, channels.roll(MONDAY)):
        assert explained(to, grant()).sees
    assert explained(CARD, grant(Role.HEAD), restricted=True).restricted


def test_an_ended_grant_names_who_ended_it():
    ended = Ended(at=at("09:00"), by="h", reason="Back", entry="e")
    said = explained(CARD, grant(ended=ended))
    assert said.grants[0].ended_by_name == "Hana Head"
    assert state_of(grant(ended=ended), NOW) == "over"


CASE_DOCUMENT = frozenset({"case:case-1", "team:form-1"})


def test_what_is_of_a_case_is_told_in_words():
    worker = grant(Role.FAMILY_WORKER, cases=("case-1",))
    said = explained(CASE_DOCUMENT, worker)
    assert said.because == (
        "Pat Person as family worker on 1 case by name sees it: it goes to whoever works on this "
        "case, by a grant over it."
    )
    assert said.goes_to == (
        "whoever was granted the team FORM-1",
        "whoever works on this case, by a grant over it",
    )
    other = explained(CASE_DOCUMENT, grant(Role.FAMILY_WORKER, cases=("case-2", "case-3")))
    assert [line.why for line in other.grants] == [
        "Pat Person as family worker on 2 cases by name is for other cases."
    ]
    governor = explained(CASE_DOCUMENT, grant(Role.GOVERNOR))
    assert governor.grants[0].why == "A governor does not see documents of this kind."


def test_what_follows_from_an_act_lets_somebody_see_it_while_they_hold_the_role():
    follows = grant(Role.FAMILY_WORKER, cases=("case-1",), follows=True)
    assert not explained(CASE_DOCUMENT, follows).sees
    said = explained(CASE_DOCUMENT, grant(Role.FAMILY_WORKER), follows)
    assert said.sees
    assert [line.sees for line in said.grants] == [False, True]


@pytest.mark.parametrize(
    ("to", "audience"),
    [
        ("support", "attendance officer, senior attendance champion, head teacher"),
        ("chair", "chair of governors"),
        ("summaries", "authority coordinator"),
        ("safeguarding:p9", "Cal Cover, who answers for it"),
        ("person:p9", "Cal Cover, whose own it is"),
        ("lent:p9", "Cal Cover, who opened it with a reason, while they lead"),
        ("held:cases", "nobody"),
    ],
)
def test_whom_it_goes_to_is_told(to: str, audience: str):
    (first, *_) = explained(frozenset({to}), grant(Role.GOVERNOR)).goes_to
    assert first.startswith(audience)


def test_who_answers_for_concerns_sees_them():
    assert explained(channels.CHAIR, grant(Role.CHAIR_OF_GOVERNORS)).sees
    own = explained(frozenset({"person:p"}))
    assert own.because == "Pat Person sees it because it is their own."


def test_a_case_that_one_may_not_know_of_is_counted_and_not_named():
    given = grant(Role.FAMILY_WORKER, cases=("case-1", "case-2"), purpose="For the Brooks")
    line = grant_line(given, NOW, str, roster(), lambda case: case == "case-1")
    assert (line.grant.cases, line.other_cases) == (("case-1",), 1)
    assert line.grant.purpose == "For a case that is not yours to know of."
    whole = grant_line(given, NOW, str, roster())
    assert (whole.grant, whole.other_cases) == (given, 0)


def test_of_a_watch_is_said_what_those_are_to_it_who_get_it_by_name():
    said = explained(frozenset({"person:p", "person:h"}), type="watch", document="watch:w-1")
    assert said.because == (
        "Pat Person sees it by name, as somebody who is out, looks out for them, or was told."
    )
    assert said.goes_to == tuple(
        f"{name}, who is out, looks out for them, or was told"
        for name in ("Hana Head", "Pat Person")
    )


def test_what_goes_to_people_by_name_goes_to_no_role():
    said = explained(frozenset({"person:h"}), grant(Role.TEAM_LEAD), document="draft:d-1:h:c-1")
    assert said.because == "It goes to people by name, and Pat Person is not among them."
    assert said.goes_to == ("Hana Head, whose own it is",)


def test_a_photo_is_explained_by_its_visit():
    to = frozenset({"entries:case:case-1"})
    said = explained(to, type="photo", visit="visit-1", document="photo:photo-1")
    assert said.because.endswith("whoever may see its visit may fetch it: visit:visit-1.")


def test_a_concern_that_is_answered_elsewhere_goes_to_nobody_here():
    said = explained(frozenset(), type="concern", document="concern:con-1")
    assert (said.sees, said.goes_to) == (False, ())
    assert said.because.startswith("It goes to nobody here: those whom it is for are in another")


def test_what_a_school_said_of_a_child_is_the_servers_own():
    to = frozenset({"entries:case:case-1", "attended:sch-1"})
    said = explained(to, type="attended", document="attended:case-1:sch-1:pup-1")
    assert said.goes_to == ("nobody",)
    assert said.because.startswith("It is the server's own record.")


def test_a_role_that_begins_with_a_vowel():
    said = explained(frozenset({"safeguarding"}), grant(Role.ATTENDANCE_OFFICER))
    assert said.grants[0].why == "An attendance officer does not see documents of this kind."
