"""Requests made beforehand, sent by so many clients, and what came of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from loadtests.client import Connection, Reply
from loadtests.endpoint import Endpoint
from loadtests.latencies import Latencies
from loadtests.loop import collector_off

__all__ = ["Drive", "Rounds", "drive"]

Count = Callable[[Reply], int]
"""Of an answer, how many documents it stored or brought; 0 if it is not what was asked for."""


@dataclass
class Drive:
    """What a number of requests came to. ``units``: documents, as the answers counted them."""

    units: int = 0
    seconds: float = 0.0
    generator_cpu_s: float = 0.0
    server_cpu_s: float = 0.0
    latencies: Latencies = field(default_factory=Latencies)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.units / self.seconds if self.seconds else 0.0

    def summary(self) -> dict[str, Any]:
        """What a results file keeps."""
        return {
            "documents": self.units,
            "seconds": round(self.seconds, 3),
            "generator_cpu_s": round(self.generator_cpu_s, 2),
            "server_cpu_s": round(self.server_cpu_s, 2),
            "errors": dict(self.errors),
            **self.latencies.summary(),
        }


@dataclass
class Rounds:
    """The rounds of one server, in which it took turns with the other."""

    each: list[Drive]

    @property
    def rate(self) -> float:
        """Documents a second in the middle one of the rounds: one disturbed round moves nothing."""
        return median(one.rate for one in self.each)

    @property
    def cpu_ms(self) -> float:
        """Processor time of the server for a thousand documents, over all rounds."""
        units = sum(one.units for one in self.each)
        return sum(one.server_cpu_s for one in self.each) * 1e6 / units if units else float("nan")

    @property
    def errors(self) -> Counter[str]:
        """What went wrong, over all rounds."""
        return sum((one.errors for one in self.each), Counter())

    def percentile(self, share: float) -> float:
        """Of the rounds' percentiles, the middle one, in milliseconds."""
        return median(one.latencies.percentile(share) for one in self.each)

    def summary(self) -> list[dict[str, Any]]:
        """What a results file keeps."""
        return [one.summary() for one in self.each]


async def drive(
    endpoint: Endpoint,
    requests: Iterable[bytes],
    count: Count,
    *,
    clients: int,
    seconds: float | None = None,
) -> Drive:
    """Send ``requests``, ``clients`` at a time, until there are none left or the time is up."""
    done, left = Drive(), iter(requests)
    connections = [await endpoint.connect() for _ in range(clients)]
    try:
        with collector_off():
            server, cpu, began = endpoint.cpu_s(), time.process_time(), time.perf_counter()
            end = began + seconds if seconds is not None else float("inf")
            await asyncio.gather(*(_work(one, left, count, done, end) for one in connections))
            done.seconds = time.perf_counter() - began
            done.generator_cpu_s = time.process_time() - cpu
            done.server_cpu_s = endpoint.cpu_s() - server
    finally:
        for one in connections:
            one.close()
    return done


async def _work(
    connection: Connection, left: Iterator[bytes], count: Count, done: Drive, end: float
) -> None:
    while (began := time.perf_counter()) < end:
        request = next(left, None)
        if request is None:
            return
        answer = await connection.ask(request)
        units = count(answer)
        if units:
            done.units += units
            done.latencies.add_s(time.perf_counter() - began)
        else:
            done.errors[f"{answer.status} {answer.body[:80].decode('utf-8', 'replace')}"] += 1
