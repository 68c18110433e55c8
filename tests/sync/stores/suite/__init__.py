"""What every store must do. A store is accepted when these pass with it.

To try another store: subclass each suite under a name that pytest collects, and give it a fixture
``store`` and ``database`` (see ``tests/sync/stores/conftest.py``). ``SupersededSuite`` is for
stores that keep superseded revisions, and has a fixture of its own, ``keeping``.
"""

from tests.sync.stores.suite.attachments import AttachmentsSuite
from tests.sync.stores.suite.databases import DatabasesSuite
from tests.sync.stores.suite.edits import EditsSuite
from tests.sync.stores.suite.feed import FeedSuite
from tests.sync.stores.suite.grafts import GraftsSuite
from tests.sync.stores.suite.malformed import MalformedSuite, SealsSuite
from tests.sync.stores.suite.purging import PurgingSuite
from tests.sync.stores.suite.ranges import RangesSuite
from tests.sync.stores.suite.reads import ReadsSuite
from tests.sync.stores.suite.scoped import ScopedFeedSuite
from tests.sync.stores.suite.settings import MarksSuite, SettingsSuite
from tests.sync.stores.suite.superseded import SupersededSuite
from tests.sync.stores.suite.trees import TreesSuite
from tests.sync.stores.suite.waiting import WaitingSuite

__all__ = [
    "AttachmentsSuite",
    "DatabasesSuite",
    "EditsSuite",
    "FeedSuite",
    "GraftsSuite",
    "MalformedSuite",
    "MarksSuite",
    "PurgingSuite",
    "RangesSuite",
    "ReadsSuite",
    "ScopedFeedSuite",
    "SealsSuite",
    "SettingsSuite",
    "SupersededSuite",
    "TreesSuite",
    "WaitingSuite",
]
