"""The command ``tidemark demo``: one address and the sign-ins, at once when started again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.demo.family.area import AREA_NAME
from tests.server.process import Process, run
from tests.server.town import credentials


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(folder: Path) -> Iterator[tuple[dict[str, Any], Process]]:
    """What a first start says, while it runs."""
    with Process(folder, "demo", "--json", TIDEMARK_LOG_LEVEL="info") as server:
        yield json.loads(server.stdout.readline()), server


ALL_SEE = {"school", "group", "sheet", "roll", "card"}
SEEN = {
    "governor": set[str](),
    "chair_of_governors": {"school", "group"},
    "family_worker": {"school", "group", "case", "visit"},
    "team_lead": {"school", "group", "case", "visit"},
    "authority_coordinator": {"school", "group", "summary"},
}
"""What roles see in the demonstration that do not work from registers."""
IN_THE_AREA = {"family_worker", "team_lead", "authority_coordinator"}
KEYS = {"school", "school_name", "name", "role", "username", "password"}


def test_one_line_tells_the_address_and_the_sign_ins(
    told: tuple[dict[str, Any], Process],
) -> None:
    said, server = told
    assert said.keys() == {"address", "sign_ins"}
    assert said["address"] == server.address
    assert {frozenset(one) for one in said["sign_ins"]} == {frozenset(KEYS)}
    assert len({one["school"] for one in said["sign_ins"]}) == 4
    roles = {one["role"] for one in said["sign_ins"]}
    desk = {"attendance_officer", "head", "safeguarding_lead", "governor", "chair_of_governors"}
    assert roles == {"class_teacher", "cover_teacher"} | desk | IN_THE_AREA


def test_everybody_can_sign_in_and_has_something_to_see(
    told: tuple[dict[str, Any], Process],
) -> None:
    said, _ = told
    for one in said["sign_ins"]:
        with httpx2.Client(base_url=said["address"]) as browser:
            signed = browser.post("/session", json=credentials(one["username"], one["password"]))
            me = signed.json()
            assert (signed.status_code, me["name"], me["role"]) == (200, one["name"], one["role"])
            assert [(mine["school"], mine["name"], mine["role"]) for mine in me["schools"]] == [
                (one["school"], one["school_name"], one["role"])
            ]
            page = browser.get(f"/db/{one['school']}/_changes", params={"limit": "2000"}).json()
            kinds = {row["id"].partition(":")[0] for row in page["results"]}
            in_area = one["school_name"] == AREA_NAME
            seen = SEEN.get(one["role"], {"school", "group"} if in_area else ALL_SEE)
            assert kinds >= seen
            assert bool(kinds) == bool(seen)


def test_a_second_one_on_the_same_folder_is_refused(
    folder: Path, told: tuple[dict[str, Any], Process]
) -> None:
    answer = run("demo", "--json", "--data", str(folder))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert told[1].address in answer.stderr


def test_started_again_it_says_the_same(folder: Path, told: tuple[dict[str, Any], Process]) -> None:
    said, server = told
    server.stop()
    with Process(folder, "demo", "--json", TIDEMARK_LOG_LEVEL="info") as again:
        assert json.loads(again.stdout.readline())["sign_ins"] == said["sign_ins"]


def test_real_data_is_left_alone(tmp_path: Path) -> None:
    words = ("--account", "admin", "--name", "Ada Admin", "--generate-password")
    assert run("init", "--data", str(tmp_path), *words).returncode == 0
    answer = run("demo", "--data", str(tmp_path))
    assert answer.returncode == 1
    assert "holds real data" in answer.stderr
