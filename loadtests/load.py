"""Load: errands sent to a server, all at once or as they arrive, and what became of each."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from loadtests.client import Connection
from loadtests.latencies import Latencies
from loadtests.loop import collector_off
from loadtests.tablet import Errand

__all__ = ["Load", "Outcome"]

MAX_CONNECTIONS = 4000
"""Beyond this many errands under way at once, arrivals count as errors: the server is lost."""


@dataclass
class Outcome:
    """What a load came to. Latencies are of errands that went well.

    ``whole``: from the errand's arrival to its receipt. ``push``: to the answer of its push.
    """

    seconds: float = 0.0
    acknowledged: list[Errand] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    push: Latencies = field(default_factory=Latencies)
    whole: Latencies = field(default_factory=Latencies)
    generator_cpu_s: float = 0.0
    server_cpu_s: float = 0.0
    others_cpu_s: float = 0.0
    """Processor time of everything else on the machine meanwhile: the less, the truer the rest."""

    @property
    def rate(self) -> float:
        """Pushes acknowledged a second."""
        return len(self.acknowledged) / self.seconds if self.seconds else 0.0

    def summary(self) -> dict[str, Any]:
        """What a results file keeps."""
        return {
            "seconds": round(self.seconds, 2),
            "acknowledged": len(self.acknowledged),
            "errors": dict(self.errors),
            "generator_cpu_s": round(self.generator_cpu_s, 2),
            "server_cpu_s": round(self.server_cpu_s, 2),
            "others_cpu_s": round(self.others_cpu_s, 2),
            "push": self.push.summary(),
            "whole": self.whole.summary(),
        }


class Load:
    """Sends errands to the server on ``port``, each on one connection: push, then ``_sync``."""

    def __init__(self, port: int, seed: int = 1) -> None:
        self._port = port
        self._random = random.Random(seed)
        self._idle: list[Connection] = []
        self._busy = 0

    async def closed(self, left: Iterator[Errand], at_once: int, seconds: float) -> Outcome:
        """Keep ``at_once`` errands under way until there are none left, or the time is up.

        What is not sent stays in ``left``: a log's entries are pushed without a gap.
        """
        outcome = Outcome()
        end = time.perf_counter() + seconds
        with _measured(outcome):
            await asyncio.gather(*(self._work(left, outcome, end) for _ in range(at_once)))
        self._hang_up()
        return outcome

    async def open(self, left: Iterator[Errand], rate: float, seconds: float) -> Outcome:
        """Let ``rate`` errands a second arrive at random, whether or not the server keeps up.

        Latency counts from the arrival that was due, so a server that stalls is not let off.
        """
        outcome = Outcome()
        tasks: set[asyncio.Task[None]] = set()
        with _measured(outcome):
            began = due = time.perf_counter()
            while (due := due + self._random.expovariate(rate)) < began + seconds:
                errand = next(left, None)
                if errand is None:
                    break
                ahead = due - time.perf_counter()
                if ahead > 0:
                    await asyncio.sleep(ahead)
                task = asyncio.create_task(self._arrive(errand, outcome, due))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            while tasks:
                await asyncio.gather(*tasks)
        self._hang_up()
        return outcome

    async def published(self, errands: Sequence[Errand], limit_s: float) -> float:
        """Wait until each errand's register is on its sheet; seconds that took, nan if not all."""
        connection = await Connection.open(self._port)
        began = time.perf_counter()
        for errand in errands:
            wanted = errand.entry.encode()
            while wanted not in (await connection.ask(errand.look)).body:
                if time.perf_counter() - began > limit_s:
                    return math.nan
                await asyncio.sleep(0.05)
        connection.close()
        return time.perf_counter() - began

    async def _work(self, left: Iterator[Errand], outcome: Outcome, end: float) -> None:
        connection = await Connection.open(self._port)
        while (now := time.perf_counter()) < end:
            errand = next(left, None)
            if errand is None:
                break
            if not await self._run(connection, errand, outcome, now):
                connection.close()
                connection = await Connection.open(self._port)
        connection.close()

    async def _arrive(self, errand: Errand, outcome: Outcome, due: float) -> None:
        if self._busy >= MAX_CONNECTIONS:
            outcome.errors["too many under way"] += 1
            return
        self._busy += 1
        try:
            connection = self._idle.pop() if self._idle else await Connection.open(self._port)
            if await self._run(connection, errand, outcome, due):
                self._idle.append(connection)
            else:
                connection.close()
        except OSError as error:
            outcome.errors[type(error).__name__] += 1
        finally:
            self._busy -= 1

    async def _run(
        self, connection: Connection, errand: Errand, outcome: Outcome, began: float
    ) -> bool:
        """Push and fetch the receipt; whether the connection is still good."""
        try:
            answer = await connection.ask(errand.push)
            pushed = time.perf_counter()
            if answer.status != 201 or b'"verdict":"stored"' not in answer.body:
                outcome.errors[f"push {answer.status} {answer.body[:60].decode()}"] += 1
                return True
            # From here on it was acknowledged: it must be in the store, whatever comes next.
            outcome.acknowledged.append(errand)
            outcome.push.add_s(pushed - began)
            answer = await connection.ask(errand.sync)
        except ConnectionError as error:
            outcome.errors[type(error).__name__] += 1
            return False
        if answer.status != 200 or not any(
            receipt["through"] >= errand.n for receipt in answer.json()["receipts"]
        ):
            outcome.errors[f"no receipt, {answer.status}"] += 1
            return True
        outcome.whole.add_s(time.perf_counter() - began)
        return True

    def _hang_up(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()


@contextmanager
def _measured(outcome: Outcome) -> Iterator[None]:
    """Time a load."""
    with collector_off():
        began, cpu = time.perf_counter(), time.process_time()
        yield
        outcome.seconds = time.perf_counter() - began
        outcome.generator_cpu_s = time.process_time() - cpu
