"""Figures for whoever watches the server, in Prometheus's form. Counts only: nobody is in them."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One registry a server, so that two in one process do not add up."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "tidemark_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "tidemark_request_seconds",
            "Time to answer, without the time a request was held for news",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._entries = Counter(
            "tidemark_entries", "Entries taken in", ("verdict",), registry=self.registry
        )
        self._sign_ins = Counter(
            "tidemark_sign_ins", "Sign-ins tried", ("outcome",), registry=self.registry
        )
        self._limited = Counter(
            "tidemark_limited",
            "Requests refused by a limit, by whose limit it was",
            ("limit",),
            registry=self.registry,
        )
        self._published = Counter(
            "tidemark_published_documents", "Documents published", registry=self.registry
        )
        self._publishing = Histogram(
            "tidemark_publishing_seconds",
            "Time to fold and write a batch of published documents",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._publishing_failures = Counter(
            "tidemark_publishing_failures",
            "Documents or batches that could not be published, by kind",
            ("kind",),
            registry=self.registry,
        )
        self._backups = Counter(
            "tidemark_backups",
            "Backups tried: whole, partial (some database could not be copied), failed",
            ("outcome",),
            registry=self.registry,
        )
        self._alarm_messages = Counter(
            "tidemark_alarm_messages",
            "Messages of alarms tried, by way (mail, sms) and outcome (sent, failed)",
            ("way", "outcome"),
            registry=self.registry,
        )
        self._faults = Counter("tidemark_faults", "Answers with status 500", registry=self.registry)

    def watch(self, name: str, text: str, value: Callable[[], float]) -> None:
        """Show a number that is asked for when somebody looks."""
        Gauge(f"tidemark_{name}", text, registry=self.registry).set_function(value)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        known = method if method in METHODS else "OTHER"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if status == 500:
            self._faults.inc()

    def taken(self, verdict: str, count: int) -> None:
        """Count entries taken in, by what became of them."""
        self._entries.labels(verdict).inc(count)

    def signed_in(self, outcome: str) -> None:
        """Count a sign-in: ``right``, ``wrong`` or ``refused``."""
        self._sign_ins.labels(outcome).inc()

    def limited(self, limit: str) -> None:
        """Count a refusal: ``device``, ``person``, ``school``, ``address``, ``held``, ``line``."""
        self._limited.labels(limit).inc()

    def published(self, documents: int, seconds: float) -> None:
        """Count a batch of published documents."""
        self._published.inc(documents)
        self._publishing.observe(seconds)

    def publishing_failed(self, kind: str) -> None:
        """Count what could not be published."""
        self._publishing_failures.labels(kind).inc()

    def backed_up(self, outcome: str) -> None:
        """Count a backup: ``whole``, ``partial`` or ``failed``."""
        self._backups.labels(outcome).inc()

    def alarm_sent(self, way: str, outcome: str) -> None:
        """Count a message of an alarm: ``sent`` or ``failed``."""
        self._alarm_messages.labels(way, outcome).inc()

    def text(self) -> bytes:
        """Everything, in the text form that Prometheus reads."""
        return generate_latest(self.registry)
