"""Each store keeps the contract of :mod:`sync.store`."""

from tests.sync.stores import suite


class TestDatabases(suite.DatabasesSuite):
    pass


class TestEdits(suite.EditsSuite):
    pass


class TestGrafts(suite.GraftsSuite):
    pass


class TestReads(suite.ReadsSuite):
    pass


class TestFeed(suite.FeedSuite):
    pass


class TestScopedFeed(suite.ScopedFeedSuite):
    pass


class TestWaiting(suite.WaitingSuite):
    pass
