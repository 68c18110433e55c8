"""Whatever happens on the way, in whatever order: after quiet, all have everything, once.

Each schedule has a seed. Three devices write of the same pupils; what they push is cut off before
or after it was committed, sent twice, sent out of order; the server is stopped and started, copied,
rolled back to its copy. Then it is quiet. What is published must be what a server publishes that
was told the same entries in order and never failed.
"""

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.factory import COVER, OFFICER, TUTOR
from tests.faults.devices import MOST_PUSHED, Cells, Device, Server
from tests.server.town import SCHOOL
from tests.sync.auditing import audited

STEPS = 40
SEEDS = range(int(os.environ.get("TIDEMARK_TEST_SCHEDULES", "10")))
"""How many are tried; name more in TIDEMARK_TEST_SCHEDULES for a long run."""


def _devices() -> list[Device]:
    return [Device(TUTOR, "1" * 32), Device(COVER, "2" * 32), Device(OFFICER, "3" * 32)]


async def _step(server: Server, devices: list[Device], cells: Cells, chance: Random) -> None:
    device = chance.choice(devices)
    match chance.choices(
        ("write", "push", "restart", "copy", "roll back"), weights=(10, 10, 1, 1, 1)
    ):
        case ["write"]:
            cells.write(device, chance)
        case ["push"]:
            waiting = device.lacking()
            if waiting:
                some = chance.sample(waiting, min(len(waiting), chance.randint(1, MOST_PUSHED)))
                await server.push(device, some, chance)
        case ["restart"]:
            await server.stop()
            await server.start()
        case ["copy"]:
            await server.keep_copy()
        case _:
            await server.roll_back()


async def _quiet(server: Server, devices: list[Device], chance: Random) -> None:
    """Each device asks, and sends what its receipt lacks, until there is nothing left."""
    for device in devices:
        for _ in range(3 * len(device.tablet.entries) + 3):
            async with server.visit(device) as browser:
                await server.ask(device, browser)
            waiting = device.lacking()
            if not waiting:
                break
            await server.push(device, waiting[:MOST_PUSHED], chance)
        assert device.lacking() == []


async def _pristine(folder: Path, devices: list[Device]) -> dict[str, Any]:
    """What is published where nothing ever failed."""
    always = Random(0)
    always.choice = lambda _: "none"  # type: ignore[method-assign, assignment, return-value]
    async with Server(folder) as server:
        others = _devices()
        for device, other in zip(devices, others, strict=True):
            for entry in device.tablet.entries:
                await server.push(other, [entry], always)
        return await server.published(others[-1])


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_quiet_everything_is_there_once(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)
    devices, cells = _devices(), Cells()
    async with Server(tmp_path / "tried") as server:
        for device in devices:
            async with server.visit(device):
                pass
        for _ in range(STEPS):
            await _step(server, devices, cells, chance)
        await _quiet(server, devices, chance)
        found = await server.published(devices[-1])
        for device in devices:
            receipt = device.receipt
            assert receipt is not None
            assert receipt["through"] == device.tablet.n
            assert not receipt["forked"]
            assert receipt["held"] == []
        async with server.site.schools.use(SCHOOL) as school:
            assert (await audited(school.database)).findings == ()
    told = {
        row["pupil"] for one in found.values() for row in one.get("rows", ()) if row.get("claims")
    }
    assert told == set(cells.claims)
    assert found == await _pristine(tmp_path / "pristine", devices)
