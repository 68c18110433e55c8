import pytest

from schemas.canonical import GENESIS
from sync.anchors import Head, anchored, broken_anchors, fingerprint, heads_of, is_said
from sync.arrivals import read_arrival
from tests.sync.tampering import record

AT = "2026-11-23T16:00:00.000Z"


def head(k):
    return Head(log="1" * 32, k=k, arrival=f"{k:064d}", n=k, entry=f"{k:064d}")


def chain(count):
    made, before = [], None
    for k in range(1, count + 1):
        before = anchored("sch-test", AT, f"mark.{k}", [head(k)], before)
        made.append(before)
    return made


def test_heads_are_where_the_logs_stand():
    kept = record()
    heads = heads_of(read_arrival(one.frozen()) for one in kept.of("arrival"))
    assert [(one.log[0], one.k, one.n) for one in heads] == [("1", 4, 5), ("2", 3, 3), ("3", 3, 3)]
    last = kept.arrivals("1" * 32)[-1]
    assert heads[0].arrival == last.body["digest"]
    assert heads[0].entry == kept.entry("1" * 32, 5).body["digest"]


def test_a_head_of_what_matched_no_digest_names_no_entry():
    kept = record()
    first = kept.arrivals("2" * 32)[0]
    (one,) = heads_of([read_arrival(first.frozen())])
    assert (one.k, one.n, one.entry) == (1, 0, "")


def test_anchors_follow_each_other():
    first, second, third = chain(3)
    assert (first.number, first.prev) == (1, GENESIS)
    assert (second.number, second.prev) == (2, first.digest)
    assert third.id == "anchor:sch-test:00000003"
    assert broken_anchors([first, second, third]) == {}


@pytest.mark.parametrize("field", ["at", "heads", "mark", "school", "digest"])
def test_an_anchor_that_was_changed_is_named(field):
    made = chain(3)
    changed = {"at": "2026-11-22T16:00:00.000Z", "heads": (), "digest": "f" * 64}
    made[1] = made[1].model_copy(update={field: changed.get(field, "another")})
    assert broken_anchors(made) == {2: "it was changed after it was made"}


def test_an_anchor_that_was_removed_is_named_by_the_one_after_it():
    first, _, third = chain(3)
    assert broken_anchors([first, third]) == {3: "an anchor before it was removed"}
    assert broken_anchors([third]) == {3: "an anchor before it was removed"}


def test_an_anchor_made_anew_is_named_by_the_one_after_it():
    first, second, third = chain(3)
    forged = anchored("sch-test", AT, "mark.2", [], first)
    assert broken_anchors([first, forged, third]) == {3: "it does not follow the anchor before"}
    assert broken_anchors([forged, second]) == {2: "an anchor before it was removed"}


def test_an_anchor_is_known_by_what_was_written_down():
    (anchor,) = chain(1)
    said = fingerprint(anchor.digest)
    assert len(said) == 24
    assert is_said(said, anchor)
    assert is_said(said.upper().replace("-", " "), anchor)
    assert is_said(anchor.digest, anchor)
    assert not is_said(said[:-1], anchor)
    assert not is_said("0000-0000-0000-0000-0000", anchor)
