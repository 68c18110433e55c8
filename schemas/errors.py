"""Errors every part shares: a leaf, imported by all, importing nothing of the project.

Each error has a ``code`` (stable, for programs), a ``status`` (HTTP) and a sentence that names
the thing, the value, what was wanted and what to do next.
"""

__all__ = ["CanonicalError", "IdentifierError", "TidemarkError"]


class TidemarkError(Exception):
    """Root of the error tree. ``str(error)`` is the sentence shown to a person."""

    code = "tidemark_error"
    status = 500

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CanonicalError(TidemarkError):
    """A value has no canonical form: a float, a huge integer, half an emoji, a strange key."""

    code = "not_canonical"
    status = 400


class IdentifierError(TidemarkError, ValueError):
    """A number such as a UPN or an LAESTAB is not well formed."""

    code = "bad_identifier"
    status = 400
