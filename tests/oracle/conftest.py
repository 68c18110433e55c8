"""Logs are quiet here as in the server's own tests."""

from tests.server.conftest import _quiet

__all__ = ["_quiet"]
