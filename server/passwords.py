"""Passwords: hashed with argon2id, checked on a few threads, the same time for everybody.

One check costs tens of milliseconds and megabytes by design, so only a few run at a time; those
that would wait too long are told to come back. A username nobody has costs a check as well, so
that the time of an answer says nothing about who has an account.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.problems import Refusal
from server.settings import Settings

__all__ = ["MAX_PASSWORD", "Passwords"]

MAX_PASSWORD = 200
"""Characters of a password; longer ones are wrong without being hashed."""
RETRY_S = 5
T = TypeVar("T")


class Passwords:
    """Hashes and checks passwords off the event loop."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._threads = ThreadPoolExecutor(settings.sign_in_concurrency, "passwords")
        self._room = settings.sign_in_concurrency + settings.sign_in_queue
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to store, with its salt and parameters inside."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the one ``stored`` was made of; None: nobody's, False as slowly.

        Raises ``Refusal`` (``busy``) when too many are waiting.
        """
        if self._room <= 0:
            raise Refusal(
                "busy",
                "Many people are signing in at this moment; try again in a few seconds.",
                {"Retry-After": str(RETRY_S)},
            )
        self._room -= 1
        try:
            return await self._run(lambda: self._check(stored, password)) and stored is not None
        finally:
            self._room += 1

    def outdated(self, stored: str) -> bool:
        """Whether ``stored`` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, stored: str | None, password: str) -> bool:
        if self._nobody is None:
            self._nobody = self._hasher.hash("nobody")
        try:
            return self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
