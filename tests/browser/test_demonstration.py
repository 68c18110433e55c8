"""``tidemark demo``: one command, sign-ins at once, and the same again the next day."""

import json
import subprocess
import time
from pathlib import Path

from tests.browser.demonstration import Demonstration, end
from tests.browser.servers import ROOT, Clock, command, environment, free_port, moved_to, start_demo

QUICK_S = 20
"""Filling takes longer than this on any machine the tests run on; starting again never does."""


def test_starts_again_quickly_with_the_same_sign_ins(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    folder = demonstration.copy(tmp_path / "data")
    began = time.monotonic()
    process, said = start_demo(folder, Clock(tmp_path / "clock", moved_to("08:41")))
    took = time.monotonic() - began
    end(process)
    assert said["address"].startswith("http://127.0.0.1:")
    assert said["sign_ins"] == demonstration.said["sign_ins"]
    assert took < QUICK_S


def test_says_who_can_sign_in_at_each_school(demonstration: Demonstration) -> None:
    rows = demonstration.said["sign_ins"]
    schools = {row["school_name"] for row in rows if row["role"] == "governor"}
    assert len(schools) == 3
    assert len({row["school_name"] for row in rows} - schools) == 1, "the authority's area"
    for school in schools:
        people = [
            demonstration.person(role, school)
            for role in (
                "class_teacher",
                "cover_teacher",
                "attendance_officer",
                "head",
                "safeguarding_lead",
                "governor",
            )
        ]
        assert len({one.username for one in people}) == 6
        assert all(len(one.password) >= 10 for one in people)


def test_a_second_server_on_the_same_folder_is_refused_and_told_of_the_first(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    folder = demonstration.copy(tmp_path / "data")
    clock = Clock(tmp_path / "clock", moved_to("08:41"))
    process, said = start_demo(folder, clock)
    try:
        for verb in ("serve", "demo"):
            second = subprocess.run(
                [*command(), verb, "--port", str(free_port()), "--data", str(folder)],
                env=environment(clock),
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert second.returncode == 1
            assert said["address"] in second.stderr
            assert "Traceback" not in second.stderr
    finally:
        end(process)


def test_the_line_for_programs_is_one_line_of_json(demonstration: Demonstration) -> None:
    assert set(demonstration.said) == {"address", "sign_ins"}
    assert "\n" not in json.dumps(demonstration.said)
