"""Why a sign-in through a provider came to nothing."""

from __future__ import annotations

from schemas.signing_in import SignInProblem

__all__ = ["SignInFailed"]


class SignInFailed(Exception):
    """Ends a sign-in; the page has a sentence for ``problem``. ``detail`` is for the log alone."""

    def __init__(self, problem: SignInProblem, detail: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = detail
