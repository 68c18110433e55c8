"""What is known of an upload before any store has it."""

from __future__ import annotations

from sync.attachments import Attachment, Upload, identity


def test_an_upload_becomes_an_attachment() -> None:
    upload = Upload("text/plain", b"one")
    made = upload.attachment("a", 4)
    assert made == Attachment(
        "a",
        "text/plain",
        "md5-+XxdKZQb+xsv2rCHSQargg==",
        3,
        4,
        "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
    )
    assert Upload("text/plain", b"one", revpos=2).attachment("a", 4).revpos == 2


def test_an_upload_is_shown_without_its_bytes() -> None:
    assert repr(Upload("text/plain", b"secret")) == "Upload('text/plain', 6 bytes, revpos=None)"


def test_files_that_came_at_other_times_are_the_same_files() -> None:
    one = Upload("text/plain", b"one").attachment("a", 1)
    assert identity((one,)) == identity((one._replace(revpos=7),))
    assert identity((one,)) != identity((one._replace(name="b"),))
    assert identity((one,)) != identity((one._replace(content_type="x/y"),))
    assert identity(()) == b""
