"""What every store must do. A store is accepted when these pass with it.

To try another store: subclass each suite under a name that pytest collects, and give it a fixture
``store`` (see ``tests/sync/stores/test_conformance.py``).
"""

from tests.sync.stores.suite.databases import DatabasesSuite
from tests.sync.stores.suite.edits import EditsSuite
from tests.sync.stores.suite.feed import FeedSuite
from tests.sync.stores.suite.grafts import GraftsSuite
from tests.sync.stores.suite.reads import ReadsSuite
from tests.sync.stores.suite.scoped import ScopedFeedSuite
from tests.sync.stores.suite.waiting import WaitingSuite

__all__ = [
    "DatabasesSuite",
    "EditsSuite",
    "FeedSuite",
    "GraftsSuite",
    "ReadsSuite",
    "ScopedFeedSuite",
    "WaitingSuite",
]
