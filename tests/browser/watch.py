"""What a browser complains of in a test: nothing is allowed that the test did not expect."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

NO_NETWORK = r"net::ERR_INTERNET_DISCONNECTED"
"""The browser's own line for each request that it did not even try while the network was off."""
NOT_SIGNED_IN = r"status of 401 .*/session$"
"""The browser's own line when the app asks who is signed in and nobody is."""
COMPLAINTS = {"error", "warning", "assert"}
POLICY = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} broken by ${event.blockedURI}`));
"""


@dataclass
class Watch:
    """Collects errors of the console, of scripts, and breaches of the content security policy."""

    name: str
    allowed: list[str] = field(default_factory=lambda: [NO_NETWORK, NOT_SIGNED_IN])
    problems: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of ``context`` from now on."""
        context.add_init_script(POLICY)
        context.on("console", self._said)
        context.on("weberror", self._thrown)
        context.on("page", self._opened)
        for page in context.pages:
            self._opened(page)

    def expect(self, *patterns: str) -> None:
        """Let these complaints pass: they are what the test is about."""
        self.allowed += patterns

    def _opened(self, page: Page) -> None:
        page.on("crash", lambda _: self._note("a page crashed"))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in COMPLAINTS:
            self._note(f"{message.type}: {message.text} at {message.location['url']}")

    def _thrown(self, error: WebError) -> None:
        self._note(f"thrown: {error.error}")

    def _note(self, problem: str) -> None:
        if not any(re.search(pattern, problem) for pattern in self.allowed):
            self.problems.append(f"{self.name}: {problem}")
