"""Tidemark's bare endpoint and the peer beside it, asked the same in turns: A B A B …"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from loadtests.bench import Bench
from loadtests.drive import Drive, Rounds
from loadtests.endpoint import Endpoint
from loadtests.loop import run
from loadtests.process import ServerProcess
from loadtests.report import Target

__all__ = ["Pair", "couch", "pair", "say_rates", "say_times"]

REST_S = 0.3
"""Between two rounds, for what a server does behind its answers."""
ADMIN = "bench"
T = TypeVar("T")


@dataclass(frozen=True)
class Pair:
    """Both servers, signed in to; ``theirs`` is None where no peer was named."""

    ours: Endpoint
    theirs: Endpoint | None

    @property
    def both(self) -> tuple[Endpoint, ...]:
        """Those there are, Tidemark first."""
        return (self.ours,) if self.theirs is None else (self.ours, self.theirs)

    async def turns(
        self, rounds: int, work: Callable[[Endpoint], Awaitable[T]]
    ) -> tuple[list[T], list[T]]:
        """Do ``work`` with each in turn; what came of it, Tidemark's and the peer's."""
        found: tuple[list[T], list[T]] = ([], [])
        for _ in range(rounds):
            for one, results in zip(self.both, found, strict=False):
                await asyncio.sleep(REST_S)
                results.append(await work(one))
        return found

    def drives(
        self, rounds: int, work: Callable[[Endpoint], Awaitable[Drive]]
    ) -> tuple[Rounds, Rounds | None]:
        """The same for loads, run to their end."""
        ours, theirs = run(self.turns(rounds, work))
        return Rounds(ours), Rounds(theirs) if theirs else None


@contextmanager
def couch(bench: Bench, name: str) -> Iterator[tuple[ServerProcess, str]]:
    """``tidemark couch`` on an empty folder: its process, and its URL with name and password."""
    password = secrets.token_urlsafe(12)
    settings = {**bench.settings, "couch_admin": f"{ADMIN}:{password}"}
    with (
        bench.data(name) as data,
        ServerProcess(data, command=("couch",), settings=settings, ready="/_up") as server,
    ):
        yield server, f"http://{ADMIN}:{password}@127.0.0.1:{server.port}"


@contextmanager
def pair(bench: Bench, name: str) -> Iterator[Pair]:
    """``tidemark couch`` and the peer that ``--against`` names."""
    with couch(bench, name) as (_, url):
        yield run(_signed_in(url, bench.against))


async def _signed_in(url: str, against: str | None) -> Pair:
    ours = await Endpoint.sign_in(url)
    return Pair(ours, await Endpoint.sign_in(against) if against else None)


def say_rates(
    bench: Bench, row: str, what: str, ours: Rounds, theirs: Rounds | None, *, times: float
) -> None:
    """Tell the rates of both, their ratio and the row's target; and what they cost."""
    say = bench.report.figure
    other = theirs.rate if theirs else None
    say(row, what, ours.rate, "docs/s", other=other, target=Target(times=times))
    other = theirs.cpu_ms if theirs and not math.isnan(theirs.cpu_ms) else None
    cost = f"{what}: server's processor time for 1,000"
    say(row, cost, ours.cpu_ms, "ms", other=other, target=Target(less=True))
    for label, rounds in (("tidemark", ours), ("peer", theirs)):
        if rounds is None:
            continue
        bench.report.raw(f"{row} {what}, {label}", rounds.summary())
        for error, count in rounds.errors.most_common(3):
            bench.report.note(f"{label}: {count} × {error}")


def say_times(bench: Bench, row: str, what: str, ours: Rounds, theirs: Rounds | None) -> None:
    """Tell the latencies of both."""
    for share in (0.5, 0.99):
        other = theirs.percentile(share) if theirs else None
        one = f"{what}, p{share * 100:.0f}"
        value = ours.percentile(share)
        bench.report.figure(row, one, value, "ms", other=other, target=Target(less=True))
