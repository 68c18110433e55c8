"""Who an identity is here: linked once, made where the settings say so, given what claims give."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from schemas.policy import Role
from server.accounts import Account, Identity, Post
from server.oidc.people import values_of, work_of
from server.oidc.settings import RoleRule
from tests.factory import OFFICER, TUTOR
from tests.peers.openid import OpenId
from tests.server.oidc.visits import PEOPLE, RULES, Visit, problem, provider, town_with
from tests.server.town import OTHER, SCHOOL, Town


async def kept(place: Town, person: str) -> Account:
    account = await place.site.accounts.kept(person)
    assert account is not None
    return account


async def change(place: Town, person: str, **changes: Any) -> None:
    account = await kept(place, person)
    await place.site.accounts.put([account.model_copy(update=changes)])


async def test_a_first_sign_in_links_the_account_of_that_username(trust: OpenId) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        assert await visit.sign_in() == "/sign-in?done"
        account = await kept(place, TUTOR.person)
        assert account.identities == (Identity(issuer=trust.issuer, subject="u-tess"),)
        assert (account.role, account.schools) == (
            TUTOR.role,
            (Post(school=SCHOOL, groups=("form-1",)),),
        )
        ids = [one.id for one in await place.site.accounts.database.range("", "~")]
        assert not [one for one in ids if "u-tess" in one or trust.issuer in one]


async def test_an_account_that_is_somebody_elses_is_never_taken(trust: OpenId) -> None:
    """A username that was given to a new person, or claimed by one."""
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        assert await visit.sign_in("u-tess") == "/sign-in?done"
        trust.turn(person={"u-olu": {"name": "Impostor", "preferred_username": "tess"}})
        async with Visit(place) as impostor:
            assert problem(await impostor.sign_in("u-olu")) == "another_identity"
            assert await impostor.me() is None
        assert len((await kept(place, TUTOR.person)).identities) == 1


async def test_people_nobody_made_an_account_for_stay_outside(trust: OpenId) -> None:
    async with town_with(provider(trust, roles=RULES)) as place, Visit(place) as visit:
        assert problem(await visit.sign_in("u-new")) == "unknown_person"
        assert await place.site.accounts.called("nia") is None


async def test_an_unverified_address_links_nothing(trust: OpenId) -> None:
    async with town_with(provider(trust, link="email")) as place, Visit(place) as visit:
        assert problem(await visit.sign_in("u-mail")) == "claim_missing"
        trust.turn(person={"u-mail": {**PEOPLE["u-mail"], "email_verified": True}})
        assert await visit.sign_in("u-mail") == "/sign-in?done"
        me = await visit.me()
        assert me is not None
        assert me["person"] == TUTOR.person


async def test_a_provider_of_one_school_opens_no_account_of_another(trust: OpenId) -> None:
    """Else who runs it could name somebody there after the head teacher of a school elsewhere."""
    elsewhere = [{**RULES[0], "schools": [OTHER]}]
    async with town_with(provider(trust, roles=elsewhere)) as place, Visit(place) as visit:
        assert problem(await visit.sign_in("u-tess")) == "unknown_person"
        assert (await kept(place, TUTOR.person)).identities == ()


@pytest.mark.parametrize("claim", ["no_such", "groups"])
async def test_a_claim_that_names_nobody_links_nothing(trust: OpenId, claim: str) -> None:
    async with town_with(provider(trust, link=claim)) as place, Visit(place) as visit:
        assert problem(await visit.sign_in("u-olu")) == "claim_missing"


async def test_a_claim_may_be_required(trust: OpenId) -> None:
    async with town_with(provider(trust, require={"hd": "trust"})) as place, Visit(place) as visit:
        assert problem(await visit.sign_in("u-tess")) == "not_admitted"
        trust.turn(person={"u-tess": {**PEOPLE["u-tess"], "hd": "trust"}})
        assert await visit.sign_in("u-tess") == "/sign-in?done"


async def test_somebody_new_gets_an_account_where_the_settings_say_so(trust: OpenId) -> None:
    made = provider(trust, provision=True, roles=RULES)
    async with town_with(made) as place, Visit(place) as visit:
        assert await visit.sign_in("u-new") == "/sign-in?done"
        me = await visit.me()
        assert me is not None
        assert (me["name"], me["role"]) == ("Nia New", "head")
        assert [(one["school"], one["role"]) for one in me["schools"]] == [
            (SCHOOL, "head"),
            (OTHER, "head"),
        ]
        account = await place.site.accounts.called("nia")
        assert account is not None
        assert account.hash is None
        assert problem(await visit.sign_in("u-none")) == "no_role"
        assert await place.site.accounts.called("nobody") is None


async def test_two_first_sign_ins_at_once_make_one_person(trust: OpenId) -> None:
    made = provider(trust, provision=True, roles=RULES, link="")
    async with town_with(made) as place, Visit(place) as one, Visit(place) as other:
        paths = [await visit.stay(await visit.set_out(), "u-new") for visit in (one, other)]
        ends = await asyncio.gather(one.come_back(paths[0]), other.come_back(paths[1]))
        assert set(ends) == {"/sign-in?done"}
        me, same = await one.me(), await other.me()
        assert me is not None
        assert same is not None
        assert me["person"] == same["person"]
        assert (await kept(place, me["person"])).username == me["person"]


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ({"given_name": " Nia", "family_name": "New "}, "Nia New"),
        ({"name": " "}, None),
        ({"name": 7}, None),
    ],
)
async def test_nobody_is_made_without_a_name(
    trust: OpenId, says: dict[str, Any], name: str | None
) -> None:
    made = provider(trust, provision=True, roles=RULES)
    trust.turn(person={"u-new": {"preferred_username": "nia", "groups": ["heads"], **says}})
    async with town_with(made) as place, Visit(place) as visit:
        where = await visit.sign_in("u-new")
        me = await visit.me()
        if name is None:
            assert problem(where) == "claim_missing"
        else:
            assert me is not None
            assert me["name"] == name


def posts(account: Account, now: str) -> set[tuple[str, Role | None, tuple[str, ...]]]:
    """What an account works as at a moment."""
    return {
        (post.school, post.role, post.groups)
        for post in account.schools
        if (post.starts or now) <= now and (post.ends is None or post.ends > now)
    }


async def test_roles_follow_the_claims_at_every_sign_in(trust: OpenId) -> None:
    async with town_with(provider(trust, roles=RULES)) as place, Visit(place) as visit:
        await visit.sign_in("u-tess")
        # The rule names no groups, so those given here stay; and so does the post.
        tess = await kept(place, TUTOR.person)
        assert tess.schools == (Post(school=SCHOOL, role=Role.CLASS_TEACHER, groups=("form-1",)),)
        await visit.sign_in("u-olu")
        olu = await kept(place, OFFICER.person)
        assert olu.role is Role.ATTENDANCE_OFFICER
        both = {(SCHOOL, Role.CLASS_TEACHER, ()), (SCHOOL, Role.ATTENDANCE_OFFICER, ())}
        assert posts(olu, place.clock.now) == both
        place.clock.ms += 60_000
        before = place.clock.now
        place.clock.ms += 60_000
        trust.turn(person={"u-olu": {**PEOPLE["u-olu"], "groups": ["heads"]}})
        await visit.sign_in("u-olu")
        olu = await kept(place, OFFICER.person)
        assert olu.role is Role.HEAD
        assert posts(olu, place.clock.now) == {(SCHOOL, Role.HEAD, ()), (OTHER, Role.HEAD, ())}
        # What was done before, and is still on its way, is judged by what was held then.
        assert posts(olu, before) == both
        await visit.sign_in("u-olu")
        assert await kept(place, OFFICER.person) == olu


async def test_groups_that_a_rule_names_replace_those_given_here(trust: OpenId) -> None:
    named = [{**RULES[0], "groups": ["form-2"]}]
    async with town_with(provider(trust, roles=named)) as place, Visit(place) as visit:
        before = place.clock.now
        place.clock.ms += 60_000
        await visit.sign_in("u-tess")
        tess = await kept(place, TUTOR.person)
        assert posts(tess, before) == {(SCHOOL, Role.CLASS_TEACHER, ("form-1",))}
        assert posts(tess, place.clock.now) == {(SCHOOL, Role.CLASS_TEACHER, ("form-2",))}


async def test_whoever_has_no_work_left_gets_in_nowhere_and_is_told(trust: OpenId) -> None:
    async with town_with(provider(trust, roles=RULES)) as place, Visit(place) as visit:
        assert await visit.sign_in("u-tess") == "/sign-in?done"
        trust.turn(person={"u-tess": {**PEOPLE["u-tess"], "groups": ["leavers"]}})
        async with Visit(place) as tablet:
            assert problem(await tablet.sign_in("u-tess")) == "no_role"
        # The sessions that the provider vouched for have ended, and no other shows anything.
        assert await visit.me() is None
        assert posts(await kept(place, TUTOR.person), place.clock.now) == set()
        async with place.visit("tess") as by_password:
            page = (await by_password.get(f"/db/{SCHOOL}/_all_docs")).json()
            assert [row["id"] for row in page["rows"]] == []
        trust.turn(person={"u-tess": PEOPLE["u-tess"]})
        place.clock.ms += 60_000
        assert await visit.sign_in("u-tess") == "/sign-in?done"
        assert (await visit.home.get(f"/db/{SCHOOL}/_all_docs")).json()["rows"]


async def test_a_provider_has_no_say_on_schools_that_its_roles_do_not_name(trust: OpenId) -> None:
    """Somebody with two schools, each with its own way to sign in, keeps both."""
    staff = RULES[:1]
    async with town_with(provider(trust, roles=staff)) as place, Visit(place) as visit:
        other = Post(school=OTHER, role=Role.CLASS_TEACHER, groups=("form-9",))
        tess = await kept(place, TUTOR.person)
        await change(place, TUTOR.person, schools=(*tess.schools, other))
        await visit.sign_in("u-tess")
        mine = (SCHOOL, Role.CLASS_TEACHER, ("form-1",))
        theirs = (OTHER, Role.CLASS_TEACHER, ("form-9",))
        assert posts(await kept(place, TUTOR.person), place.clock.now) == {mine, theirs}
        trust.turn(person={"u-tess": {**PEOPLE["u-tess"], "groups": ["leavers"]}})
        assert problem(await visit.sign_in("u-tess")) == "no_role"
        assert posts(await kept(place, TUTOR.person), place.clock.now) == {theirs}


async def test_a_post_that_has_not_begun_never_does(trust: OpenId) -> None:
    async with town_with(provider(trust, roles=RULES)) as place, Visit(place) as visit:
        later = "2099-01-01T00:00:00.000Z"
        head = Post(school=SCHOOL, role=Role.HEAD, starts=later)
        await change(place, TUTOR.person, schools=(head,))
        await visit.sign_in("u-tess")
        account = await kept(place, TUTOR.person)
        assert posts(account, later) == {(SCHOOL, Role.CLASS_TEACHER, ())}


async def test_too_many_groups_for_a_token_take_nothing_away(trust: OpenId) -> None:
    async with town_with(provider(trust, roles=RULES)) as place, Visit(place) as visit:
        await visit.sign_in("u-tess")
        before = await kept(place, TUTOR.person)
        overage = {**PEOPLE["u-tess"], "groups": [], "_claim_names": {"groups": "src1"}}
        trust.turn(person={"u-tess": overage})
        assert problem(await visit.sign_in("u-tess")) == "too_many_groups"
        assert await kept(place, TUTOR.person) == before


async def test_roles_may_be_applied_once_and_then_be_kept_by_hand(trust: OpenId) -> None:
    once = provider(trust, roles=RULES, apply_roles="first sign-in")
    async with town_with(once) as place, Visit(place) as visit:
        await visit.sign_in("u-tess")
        await change(place, TUTOR.person, role=Role.COVER_TEACHER)
        await visit.sign_in("u-tess")
        assert (await kept(place, TUTOR.person)).role is Role.COVER_TEACHER


@pytest.mark.parametrize("linked", [True, False])
async def test_a_closed_account_stays_closed(trust: OpenId, *, linked: bool) -> None:
    async with town_with(provider(trust)) as place, Visit(place) as visit:
        if linked:
            await visit.sign_in("u-tess")
        await change(place, TUTOR.person, closed=True)
        assert await visit.me() is None
        assert problem(await visit.sign_in("u-tess")) == "account_closed"
        assert (await kept(place, TUTOR.person)).closed


def test_rules_give_a_post_for_each_school_and_role() -> None:
    rules = tuple(
        RoleRule.model_validate(one)
        for one in (
            {"value": "t", "role": "class_teacher", "schools": ["a", "b"], "groups": ["g1"]},
            {"value": "t2", "role": "class_teacher", "schools": ["a"], "groups": ["g2", "g1"]},
            {"claim": "realm.roles", "value": "boss", "role": "head", "schools": ["b"]},
        )
    )
    taught = Post(school="b", role=Role.CLASS_TEACHER, groups=("g1",))
    assert work_of(rules, {"groups": ["t", "t2"]}) == (
        Post(school="a", role=Role.CLASS_TEACHER, groups=("g1", "g2")),
        taught,
    )
    led = Post(school="b", role=Role.HEAD)
    assert taught in work_of(rules, {"groups": ["t"], "realm": {"roles": ["boss"]}})
    assert led in work_of(rules, {"groups": ["t"], "realm": {"roles": ["boss"]}})
    assert work_of(rules, {"groups": "x", "realm": "boss"}) == ()


def test_values_of_a_claim() -> None:
    claims = {"a": "x", "b": True, "c": [1, "y", None, {}], "d.e": "exact", "d": {"e": "inner"}}
    wanted = {
        "a": {"x"},
        "b": {"true"},
        "c": {"1", "y"},
        "d.e": {"exact"},
        "f.g": set(),
        "h": set(),
    }
    assert {name: set(values_of(claims, name)) for name in wanted} == wanted
