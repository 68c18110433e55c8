"""How a screen looks at three sizes, kept as pictures, and whether axe finds fault with it.

axe is put into the page by the debugging protocol, which the content security policy does not
bind: the policy stays in force, and the page is the one that people get.
"""

from functools import cache
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.browser.devices import DESKTOP, PHONE, TABLET
from tests.browser.servers import ROOT

PICTURES = ROOT / "build" / "screenshots"
SIZES: dict[str, ViewportSize] = {"desktop": DESKTOP, "phone": PHONE, "tablet": TABLET}
"""The tablet last: the page is left at that size. A desktop's layout is the tablet's, wider."""
RUN = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ html, failureSummary }) => `${html}\\n${failureSummary}`),
  }));
}
"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def _axe() -> str:
    return (ROOT / "pwa/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def look(page: Page, name: str) -> None:
    """Picture a screen at each size; axe finds nothing, and nothing has to be scrolled aside."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        page.screenshot(path=PICTURES / f"{name}-{size}.png")
        if size == "desktop":
            page.screenshot(path=PICTURES / f"{name}-whole.png", full_page=True)
            continue
        found += [f"{size}: {fault}" for fault in _faults(page)]
    assert not found, f"{name}:\n" + "\n".join(found)


def _faults(page: Page) -> list[str]:
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(_axe())
    violations: list[dict[str, Any]] = page.evaluate(RUN)
    faults = [f"{one['id']}: {one['help']}: {node}" for one in violations for node in one["nodes"]]
    wider: int = page.evaluate(WIDER)
    return [*faults, *([f"{wider} pixels wider than the window"] if wider > 0 else [])]
