"""Attachments: what is brought, what is kept, and what cannot be found."""

from __future__ import annotations

import pytest

from sync.errors import BadDocument
from sync.store import Database, Kept, Store, Upload, Write, WriteBatch
from tests.sync.stores.suite.helpers import edit, graft, leaves, read, revision, write, write_one

TEXT = Upload("text/plain", b"one")
TEXT_DIGEST = "md5-+XxdKZQb+xsv2rCHSQargg=="
TEXT_KEY = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"


def holding(one: Write, **files: Upload | Kept) -> Write:
    """``one`` with attachments, of which a ``_`` in the name stands for a dot."""
    attachments = {name.replace("_", "."): file for name, file in files.items()}
    return Write(
        one.id,
        one.body,
        one.channels,
        one.history,
        one.parent,
        one.deleted,
        one.force,
        attachments,
    )


async def names(database: Database, name: str) -> list[str]:
    """The names of the attachments of a document."""
    return [one.name for one in (await read(database, name)).attachments]


async def data(database: Database, name: str, attachment: str) -> bytes | None:
    """The bytes of an attachment of a document."""
    (found,) = [one for one in (await read(database, name)).attachments if one.name == attachment]
    return await database.attachment(found.key)


class AttachmentsSuite:
    """Files on documents."""

    async def test_an_upload_is_kept_as_it_came(self, database: Database) -> None:
        await write_one(database, holding(edit("a"), a_txt=TEXT))
        (file,) = (await read(database, "a")).attachments
        assert (file.name, file.content_type, file.length) == ("a.txt", "text/plain", 3)
        assert (file.digest, file.revpos) == (TEXT_DIGEST, 1)
        assert await database.attachment(file.key) == b"one"

    async def test_nothing_is_kept_under_an_unknown_key(self, database: Database) -> None:
        assert await database.attachment(TEXT_KEY) is None
        assert await database.attachment("half\ud800") is None

    async def test_attachments_come_in_order_of_their_names(self, database: Database) -> None:
        await write_one(database, holding(edit("a"), z=TEXT, é=TEXT, b=Upload("x/y", b"")))
        assert await names(database, "a") == ["b", "z", "é"]
        assert await data(database, "a", "b") == b""

    async def test_large_attachments(self, database: Database) -> None:
        large = bytes(range(256)) * 8192
        await write_one(database, holding(edit("a"), big=Upload("x/y", large), small=TEXT))
        assert await data(database, "a", "big") == large
        assert await data(database, "a", "small") == b"one"

    async def test_every_way_of_reading_shows_attachments(self, database: Database) -> None:
        await write_one(database, holding(edit("a", n=1), a_txt=TEXT))
        files = (await read(database, "a")).attachments
        page = await database.changes(0)
        bare = await database.changes(0, bodies=False)
        (ranged,) = await database.range("a", "a")
        found = [ranged, page.changes[0].document, bare.changes[0].document]
        found += await leaves(database, "a")
        assert [document.attachments for document in found] == [files] * 4

    async def test_a_revision_depends_on_its_attachments(self, store: Store) -> None:
        contents: list[dict[str, Upload | Kept]] = [
            {},
            {"a": TEXT},
            {"a": Upload("text/plain", b"one")},
            {"a": Upload("text/plain", b"two")},
        ]
        revs: list[str] = []
        for number, files in enumerate(contents):
            database = await store.create(f"school-{number}")
            revs.append((await write_one(database, holding(edit("a"), **files))).rev)
        assert revs[1] == revs[2]
        assert len(set(revs)) == 3

    async def test_an_edit_keeps_what_it_names_and_drops_the_rest(self, database: Database) -> None:
        first = await write_one(database, holding(edit("a"), a=TEXT, b=TEXT, c=TEXT))
        new = Upload("text/plain", b"new")
        await write_one(database, holding(edit("a", first.rev, n=2), a=Kept(), b=new))
        files = (await read(database, "a")).attachments
        assert [(one.name, one.revpos) for one in files] == [("a", 1), ("b", 2)]
        assert await data(database, "a", "b") == b"new"

    async def test_an_edit_keeps_by_name_alone(self, database: Database) -> None:
        first = await write_one(database, holding(edit("a"), a=TEXT))
        await write_one(database, holding(edit("a", first.rev, n=2), a=Kept("md5-other")))
        assert await data(database, "a", "a") == b"one"

    async def test_an_edit_keeps_what_its_parent_has_even_if_that_loses(
        self, database: Database
    ) -> None:
        await write(
            database,
            holding(graft("a", "1-b"), a=Upload("x/y", b"loser's")),
            holding(graft("a", "1-c"), a=Upload("x/y", b"winner's")),
        )
        result = await write_one(database, holding(edit("a", "1-b"), a=Kept()))
        document = await read(database, "a")
        assert document.rev == result.rev
        assert await data(database, "a", "a") == b"loser's"

    async def test_an_edit_that_keeps_what_is_not_there_is_not_stored(
        self, database: Database
    ) -> None:
        first = await write_one(database, holding(edit("a", n=1), a=TEXT))
        refused, none, stored = await write(
            database,
            holding(edit("a", first.rev, n=2), a=Kept(), gone=Kept(TEXT_DIGEST)),
            holding(edit("b"), x=Kept()),
            edit("c"),
        )
        assert (refused.missing_stub, refused.fresh, refused.conflict) == ("gone", False, False)
        assert (refused.rev, refused.seq) == (first.rev, first.seq)
        assert (none.missing_stub, none.rev, none.seq, none.fresh) == ("x", "", 0, False)
        assert stored.fresh
        assert (await read(database, "a")).body == {"n": 1}
        assert await database.read(["b"]) == [None]

    async def test_a_conflict_is_told_before_a_missing_stub(self, database: Database) -> None:
        await write_one(database, edit("a"))
        result = await write_one(database, holding(edit("a", "1-other"), a=Kept()))
        assert (result.conflict, result.missing_stub) == (True, None)

    async def test_a_graft_brings_its_revpos(self, database: Database) -> None:
        await write_one(
            database,
            holding(graft("a", "3-c", "2-b"), a=Upload("x/y", b"a", revpos=2), b=TEXT),
        )
        files = (await read(database, "a")).attachments
        assert [(one.name, one.revpos) for one in files] == [("a", 2), ("b", 3)]

    async def test_a_graft_keeps_what_any_leaf_has(self, database: Database) -> None:
        await write(
            database,
            holding(graft("a", "2-b", "1-a"), a=Upload("x/y", b"b's")),
            holding(graft("a", "2-c", "1-a"), a=Upload("x/y", b"c's"), d=TEXT),
        )
        await write_one(database, holding(graft("a", "3-b", "2-b", "1-a"), a=Kept()))
        assert await data(database, "a", "a") == b"b's"
        (wanted,) = [one for one in (await read(database, "a")).attachments if one.name == "a"]
        await write_one(
            database,
            holding(graft("a", "4-c", "3-c", "2-c"), a=Kept(wanted.digest, 2), d=Kept()),
        )
        files = (await read(database, "a")).attachments
        assert [(one.name, one.digest, one.revpos) for one in files] == [
            ("a", wanted.digest, 2),
            ("d", TEXT_DIGEST, 2),
        ]

    async def test_a_graft_that_keeps_what_is_not_there_is_not_stored(
        self, database: Database
    ) -> None:
        await write_one(database, holding(graft("a", "1-a", n=1), a=TEXT))
        wrong, absent, none = await write(
            database,
            holding(graft("a", "2-b", "1-a"), a=Kept("md5-other")),
            holding(graft("a", "2-c", "1-a"), b=Kept()),
            holding(graft("b", "1-a"), a=Kept()),
        )
        assert [one.missing_stub for one in (wrong, absent, none)] == ["a", "b", "a"]
        assert [one.fresh for one in (wrong, absent, none)] == [False] * 3
        assert (wrong.rev, none.rev) == ("1-a", "")
        assert (await read(database, "a")).body == {"n": 1}
        assert await database.read(["b"]) == [None]

    async def test_a_known_graft_needs_nothing_that_it_keeps(self, database: Database) -> None:
        await write(database, graft("a", "2-b", "1-a"))
        again = await write_one(database, holding(graft("a", "2-b", "1-a"), a=Kept()))
        older = await write_one(database, holding(graft("a", "1-a"), a=Kept()))
        assert [(one.fresh, one.missing_stub) for one in (again, older)] == [(False, None)] * 2

    async def test_publishing_the_same_changes_nothing(self, database: Database) -> None:
        def published(data: bytes, **more: Kept) -> Write:
            one = Write("a", {"n": 1}, force=True)
            return holding(one, a=Upload("text/plain", data), **more)

        first = await write_one(database, published(b"one"))
        again = await write_one(database, published(b"one"))
        kept = await write_one(database, holding(Write("a", {"n": 1}, force=True), a=Kept()))
        assert [(one.rev, one.fresh) for one in (again, kept)] == [(first.rev, False)] * 2
        missing = await write_one(database, published(b"one", gone=Kept()))
        assert (missing.rev, missing.missing_stub) == (first.rev, "gone")
        other = await write_one(database, published(b"two"))
        assert other.fresh
        without = await write_one(database, Write("a", {"n": 1}, force=True))
        assert without.fresh
        assert await names(database, "a") == []

    async def test_what_was_not_stored_leaves_no_bytes(self, database: Database) -> None:
        refused = await write_one(database, holding(edit("a", "1-x"), a=TEXT))
        assert refused.conflict
        assert await database.attachment(TEXT_KEY) is None

    async def test_attachments_of_losing_leaves_are_shown_when_they_win(
        self, database: Database
    ) -> None:
        await write(database, holding(graft("a", "1-b"), a=TEXT), graft("a", "1-c"))
        assert await names(database, "a") == []
        loser = await revision(database, "a", "1-b")
        assert loser is not None
        assert [one.name for one in loser.attachments] == ["a"]
        await write_one(database, edit("a", "1-c", deleted=True))
        assert await names(database, "a") == ["a"]

    @pytest.mark.parametrize("name", ["", "_a", "a\0b", "\ud800"])
    async def test_names_that_are_none_are_refused(self, database: Database, name: str) -> None:
        with pytest.raises(BadDocument):
            await write_one(database, Write("a", {}, attachments={name: TEXT}))
        assert (await database.info()).update_seq == 0

    @pytest.mark.parametrize("file", [Upload("a\0b", b""), Upload("x/y", b"", -1), Kept(revpos=-1)])
    async def test_attachments_that_are_none_are_refused(
        self, database: Database, file: Upload | Kept
    ) -> None:
        with pytest.raises(BadDocument):
            await write_one(database, Write("a", {}, attachments={"a": file}))

    async def test_many_attachments_in_one_batch(self, database: Database) -> None:
        uploads = {f"{number:03}": Upload("x/y", b"%d" % (number % 50)) for number in range(300)}
        writes = [Write(f"d{n}", {}, attachments=uploads) for n in range(5)]
        await database.write(WriteBatch(writes))
        files = (await read(database, "d3")).attachments
        assert [await database.attachment(one.key) for one in files[:60]] == [
            b"%d" % (number % 50) for number in range(60)
        ]
