"""Session fixation: nobody chooses another's session. Guards: server/sessions.py, visitor.py."""

from __future__ import annotations

import pytest

from tests.factory import TUTOR
from tests.server.town import Town, credentials

PLANTED = [f"{TUTOR.person}.planted", "planted", f"{TUTOR.person}.{'A' * 43}", ""]


@pytest.mark.parametrize("planted", PLANTED)
async def test_a_planted_cookie_is_replaced_and_never_good(place: Town, planted: str) -> None:
    async with place.browser() as victim, place.browser() as thief:
        victim.cookies.set("tidemark_session", planted)
        answer = await victim.post("/session", json=credentials("tess"))
        assert answer.status_code == 200
        given = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
        assert given != planted
        assert len(given.partition(".")[2]) >= 43, "256 bits"
        thief.cookies.set("tidemark_session", planted)
        assert (await thief.get("/session")).status_code == 401


async def test_each_sign_in_is_a_session_of_its_own(place: Town) -> None:
    async with place.visit() as one:
        first = one.cookies["tidemark_session"]
        await one.post("/session", json=credentials("tess"))
        assert one.cookies["tidemark_session"] != first
    async with place.visit("olu") as other:
        assert other.cookies["tidemark_session"].partition(".")[0] != TUTOR.person


async def test_a_session_is_taken_from_the_cookie_alone(place: Town) -> None:
    async with place.visit() as known, place.browser() as nobody:
        value = known.cookies["tidemark_session"]
        for answer in (
            await nobody.get("/session", params={"tidemark_session": value}),
            await nobody.get("/session", headers={"Authorization": f"Bearer {value}"}),
            await nobody.get("/session", headers={"Tidemark-Session": value}),
        ):
            assert answer.status_code == 401
