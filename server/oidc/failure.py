"""Why a sign-in through a provider came to nothing."""

from __future__ import annotations

from schemas.signing_in import SignInProblem

__all__ = ["SignInFailed"]


class SignInFailed(Exception):
    """Ends a sign-in; the page has a sentence for ``problem``. ``detail`` is for the log alone.

    ``person``: whose sessions through the provider end with it, where it took something away.
    """

    def __init__(
        self, problem: SignInProblem, detail: str = "", *, person: str | None = None
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = detail
        self.person = person
