import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import repeat

from loadtests.client import Reply
from loadtests.drive import Drive, Rounds, drive
from loadtests.endpoint import Endpoint
from tests.loadtests.serving import serving


@asynccontextmanager
async def endpoint() -> AsyncIterator[Endpoint]:
    """Answers every request with 200, but those for ``/bad`` with 500."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            status = b"500 No" if b" /bad " in head else b"200 OK"
            writer.write(b"HTTP/1.1 %b\r\nContent-Length: 2\r\n\r\nok" % status)

    async with serving(answer) as port:
        yield Endpoint("served", "127.0.0.1", port, "a=b", None)


def two_each(answer: Reply) -> int:
    return 2 if answer.status == 200 else 0


async def test_a_drive_counts_documents_latencies_and_errors() -> None:
    async with endpoint() as one:
        good, bad = one.request("GET", "/good"), one.request("GET", "/bad")
        done = await drive(one, [good, good, bad, good], two_each, clients=2)
    assert done.units == 6
    assert len(done.latencies) == 3
    assert done.errors == {"500 ok": 1}
    assert done.rate > 0
    assert done.summary()["errors"] == {"500 ok": 1}


async def test_a_drive_ends_when_its_time_is_up() -> None:
    async with endpoint() as one:
        request = one.request("GET", "/")
        done = await drive(one, repeat(request), two_each, clients=1, seconds=0.05)
    assert 0.05 <= done.seconds < 5
    assert done.units > 0


def test_one_disturbed_round_moves_no_rate() -> None:
    each = [Drive(units=100, seconds=1), Drive(units=1, seconds=1), Drive(units=90, seconds=1)]
    rounds = Rounds(each)
    assert rounds.rate == 90
    for one, milliseconds in zip(each, (3, 500, 4), strict=True):
        one.latencies.add_ms(milliseconds)
        one.server_cpu_s = 0.01
        one.errors["500"] += 1
    assert rounds.percentile(0.5) == 4
    assert rounds.cpu_ms == 0.03 * 1e6 / 191
    assert rounds.errors == {"500": 3}
