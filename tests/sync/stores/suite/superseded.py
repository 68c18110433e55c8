"""What a store keeps that keeps superseded revisions (``Rules.keep_superseded``)."""

from __future__ import annotations

from sync.store import Database, Kept, Upload
from tests.sync.stores.suite.attachments import holding
from tests.sync.stores.suite.helpers import edit, graft, publish, read, revision, write, write_one


class SupersededSuite:
    """``keeping``: a database of such a store."""

    async def test_a_superseded_body_is_read(self, keeping: Database) -> None:
        first = await write_one(keeping, edit("a", n=1, to="red"))
        second = await write_one(keeping, edit("a", first.rev, n=2, deleted=True))
        await write_one(keeping, edit("a", second.rev, n=3))
        old = await revision(keeping, "a", first.rev)
        assert old is not None
        assert (old.body, old.history, old.deleted) == ({"n": 1}, (first.rev,), False)
        assert old.channels == {"red"}
        gone = await revision(keeping, "a", second.rev)
        assert gone is not None
        assert gone.deleted

    async def test_what_is_kept_of_each_revision(self, keeping: Database) -> None:
        first = await write_one(keeping, edit("a", n=1))
        second = await write_one(keeping, edit("a", first.rev, deleted=True))
        third = await write_one(keeping, edit("a", second.rev, n=3))
        record = await keeping.record("a")
        assert record is not None
        assert record.revs_info(third.rev) == [
            (third.rev, "available"),
            (second.rev, "deleted"),
            (first.rev, "available"),
        ]
        await write_one(keeping, graft("b", "2-b", "1-a"))
        record = await keeping.record("b")
        assert record is not None
        assert record.revs_info("2-b") == [("2-b", "available"), ("1-a", "missing")]

    async def test_a_superseded_leaf_stays_readable(self, keeping: Database) -> None:
        await write(keeping, graft("a", "1-b", n=1), graft("a", "1-c", n=2))
        await write(keeping, graft("a", "2-d", "1-b", n=3), graft("a", "3-e", "2-d", n=4))
        found = [await revision(keeping, "a", rev) for rev in ("1-b", "1-c", "2-d", "3-e")]
        assert [one and one.body["n"] for one in found] == [1, 2, 3, 4]

    async def test_a_graft_keeps_an_attachment_of_a_superseded_revision(
        self, keeping: Database
    ) -> None:
        old = Upload("text/plain", b"old")
        await write_one(keeping, holding(graft("a", "1-a", n=1), a=old))
        await write_one(keeping, graft("a", "2-b", "1-a", n=2))
        await write(
            keeping,
            graft("a", "3-c", "2-b", n=3),
            holding(graft("a", "4-d", "3-c", n=4), a=Kept(old.digest)),
            holding(graft("fresh", "1-a"), b=old),
            holding(graft("fresh", "2-a", "1-a"), b=Kept()),
        )
        (file,) = (await read(keeping, "a")).attachments
        assert (file.digest, file.revpos) == (old.digest, 1)
        assert await keeping.attachment(file.key) == b"old"
        found = [await revision(keeping, "a", rev) for rev in ("1-a", "2-b", "3-c", "4-d")]
        assert [one and one.body["n"] for one in found] == [1, 2, 3, 4]

    async def test_compaction_drops_superseded_bodies(self, keeping: Database) -> None:
        old, new = Upload("text/plain", b"old"), Upload("text/plain", b"new")
        await write(
            keeping,
            holding(graft("a", "1-a", n=1), a=old),
            holding(graft("a", "2-b", "1-a", n=2), a=new),
            holding(graft("a", "2-c", "1-a", n=3), a=Kept()),
        )
        kept = (await read(keeping, "a")).attachments
        record = await keeping.record("a")
        await keeping.compact()
        after = await keeping.record("a")
        assert record is not None
        assert after is not None
        assert after.revs_info("2-c") == [("2-c", "available"), ("1-a", "missing")]
        assert after.open_revs("all") == record.open_revs("all")
        assert (await read(keeping, "a")).attachments == kept
        assert await keeping.attachment(old.key) == b"old"  # 2-c has it
        await write_one(keeping, publish("a", n=4))
        await keeping.compact()
        assert await keeping.attachment(old.key) is None
        assert await keeping.attachment(new.key) == b"new"

    async def test_compaction_of_many(self, keeping: Database) -> None:
        for number in range(3):
            await write(keeping, *(publish(f"{name:04}", n=number) for name in range(700)))
        await keeping.compact()
        records = [await keeping.record(f"{name:04}") for name in range(0, 700, 50)]
        assert all(record and not record.spares for record in records)
        assert len(await keeping.range("0", "9")) == 700

    async def test_purging_forgets_superseded_bodies(self, keeping: Database) -> None:
        await write(
            keeping,
            graft("a", "1-a", n=1),
            graft("a", "2-b", "1-a", n=2),
            graft("a", "3-b", "2-b", n=3),
            graft("a", "2-c", "1-a", n=4),
        )
        assert await keeping.purge({"a": ["3-b"]}) == {"a": ["3-b"]}
        found = [await revision(keeping, "a", rev) for rev in ("1-a", "2-b", "3-b", "2-c")]
        assert [one and one.body["n"] for one in found] == [1, None, None, 4]
        again = await write_one(keeping, graft("a", "2-b", "1-a", n=5))
        assert again.fresh
        one = await revision(keeping, "a", "2-b")
        assert one is not None
        assert one.body == {"n": 5}
