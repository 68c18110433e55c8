"""Logs: one line an event, JSON unless a person is watching, and nobody's data in any of them.

Every line passes :func:`redact`, which keeps only the fields it knows, and of those only values
that cannot hold a person's words. Errors are told by their type and place, never by their message:
a message may quote what somebody sent.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from server.settings import Settings

__all__ = ["FIELDS", "configure", "log", "place", "redact"]

FIELDS = frozenset(
    {
        *("event", "level", "timestamp", "logger", "request_id", "method", "route", "status"),
        *("ms", "held_ms", "bytes", "school", "documents", "quarantined", "changes", "receipts"),
        *("code", "error", "at", "address", "version", "schools", "count", "attempt"),
        *("provider", "portion", "cut", "ended"),
    }
)
"""The fields a line may have."""
_PLAIN = re.compile(r"[\w .,:;/{}()<>\[\]@*+=-]{0,300}", re.ASCII)
_PRIVATE = re.compile(
    r"\b(pupil|person|upn|entry|card|sheet|held|login|account)[:=]", re.IGNORECASE
)
REDACTED = "[redacted]"
ROOT = Path(__file__).parent.parent


def redact(_logger: WrappedLogger | None, _method: str, event: EventDict) -> EventDict:
    """Replace every field not in :data:`FIELDS`, and every value that is not a plain term."""
    return {
        name: value if name in FIELDS and _is_plain(value) else REDACTED
        for name, value in event.items()
    }


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    if isinstance(value, str):
        return bool(_PLAIN.fullmatch(value)) and not _PRIVATE.search(value)
    return value is None or isinstance(value, bool | int | float)


def place(error: BaseException) -> list[str]:
    """Where an error was raised: the last frames as ``file:line function``, without values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{_short(frame.filename)}:{frame.lineno} {_word(frame.name)}" for frame in frames]


def _short(name: str) -> str:
    path = Path(name)
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-2:]))


def _word(name: str) -> str:
    return re.sub(r"\W", "", name)


class _Library(logging.Handler):
    """Brings what libraries log into the same lines: who, where and which error, not the words."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {
            "logger": record.name,
            "at": [f"{_short(record.pathname)}:{record.lineno}"],
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = type(record.exc_info[1]).__name__
            fields["at"] = place(record.exc_info[1])
        log().log(record.levelno, "a library reported", **fields)


def log() -> Any:
    """The logger: ``log().info("what happened", field=value)``."""
    return structlog.get_logger()


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every line of this process to ``stream`` (standard error)."""
    out = stream or sys.stderr
    text = settings.log_format == "text" or (settings.log_format == "auto" and out.isatty())
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.dev.ConsoleRenderer(colors=out.isatty()) if text else _json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Library()]
    root.setLevel(max(level, logging.WARNING))
    sys.excepthook = _last_words


def _json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return orjson.dumps(event, default=str).decode()


def _last_words(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    log().critical("stopped by an error", error=kind.__name__, at=place(error))
