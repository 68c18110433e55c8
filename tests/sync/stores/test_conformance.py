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


class TestAttachments(suite.AttachmentsSuite):
    pass


class TestMalformed(suite.MalformedSuite):
    pass


class TestMarks(suite.MarksSuite):
    pass


class TestPurging(suite.PurgingSuite):
    pass


class TestRanges(suite.RangesSuite):
    pass


class TestSeals(suite.SealsSuite):
    pass


class TestSettings(suite.SettingsSuite):
    pass


class TestSuperseded(suite.SupersededSuite):
    pass


class TestTrees(suite.TreesSuite):
    pass
