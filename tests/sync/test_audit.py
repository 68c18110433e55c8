import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import GENESIS
from schemas.entry import make_entry
from sync import channels
from sync.anchors import anchored
from sync.arrivals import arrival_digest
from sync.audit import Audit
from sync.stores.memory import MemoryStore
from tests.factory import TUTOR, Tablet, claim, roster, wire
from tests.sync.school import School
from tests.sync.tampering import ENDS, Stored, rechain, record

WHOLE = record()
ENTRIES = [one.id for one in WHOLE.of("entry")]
ARRIVALS = [one.id for one in WHOLE.of("arrival")]
HELD_FOR_THEIR_FORM = {
    item["entry"]
    for one in WHOLE.of("arrival")
    for item in one.body["items"]
    if item["reason_code"] in {"broken_schema", "unknown_kind"}
}


def whats(report):
    return sorted(one.what for one in report.findings)


def other(value):
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value[:-1]}{'1' if value.endswith('0') else '0'}" if value else "x"
    if isinstance(value, list):
        return value[:-1] if value else ["x"]
    return {**value, "more": 1} if isinstance(value, dict) else "x"


def places(value, path=()):
    """Every place in a body, from the whole fields down to single values."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*path, index)
            yield from places(inner, (*path, index))


def changed(body, path, how):
    body = copy.deepcopy(body)
    target = body
    for step in path[:-1]:
        target = target[step]
    if how == "alter":
        target[path[-1]] = other(target[path[-1]])
    else:
        del target[path[-1]]
    return body


def consequences(report, *, of):
    """Findings about anything else than the document that was tampered with."""
    return [one for one in report.findings if one.document != of]


def test_a_record_as_it_was_kept_is_clean_and_says_what_is_in_it():
    report = WHOLE.report(WHOLE.anchors())
    assert report.findings == ()
    assert report.notices == ()
    assert (report.entries, report.arrivals, report.logs) == (len(ENTRIES), len(ARRIVALS), 3)
    assert (report.erased, report.before_the_chain) == (0, 0)


@pytest.mark.parametrize("how", ["alter", "remove"])
@pytest.mark.parametrize("name", ENTRIES)
def test_every_field_of_an_entry_that_is_altered_or_removed_is_named(name, how):
    for path in places(WHOLE.documents[name].body):
        if path == ("v",) and name in HELD_FOR_THEIR_FORM:
            continue
        kept = record()
        kept.documents[name].body = changed(kept.documents[name].body, path, how)
        report = kept.report()
        assert [(one.what, one.document) for one in report.findings] == [("altered", name)], path


@pytest.mark.parametrize("how", ["alter", "remove"])
@pytest.mark.parametrize("name", ARRIVALS)
def test_every_field_of_an_arrival_that_is_altered_or_removed_is_named(name, how):
    log = WHOLE.documents[name].log
    for path in places(WHOLE.documents[name].body):
        kept = record()
        kept.documents[name].body = changed(kept.documents[name].body, path, how)
        report = kept.report()
        about = [one.what for one in report.findings if one.document == name]
        wanted = "redated" if path == ("received_at",) else "altered"
        assert about == [wanted], path
        for one in consequences(report, of=name):  # what came with it rests on nothing now
            assert (path[0], one.log) == ("items", log), one
            assert one.what in {"unaccounted", "removed"}, (path, one)


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_that_is_removed_is_named(name):
    kept = record()
    gone = kept.documents.pop(name)
    (finding,) = kept.report().findings
    assert (finding.what, finding.document, finding.log) == ("removed", name, gone.log)
    assert finding.n == gone.body["n"]
    assert finding.author is not None


@pytest.mark.parametrize("name", ARRIVALS)
def test_an_arrival_that_is_removed_is_named_or_what_came_with_it_is(name):
    kept = record()
    gone = kept.documents.pop(name)
    report = kept.report(WHOLE.anchors())
    is_last = kept.arrivals(gone.log)[-1].body["k"] < gone.body["k"]
    (first,) = [one for one in report.findings if one.what in {"removed", "cut"}]
    assert (first.what, first.log, first.k) == (
        "cut" if is_last else "removed",
        gone.log,
        gone.body["k"],
    )
    came = {item["entry"] for item in gone.body["items"] if item["sealed"]}
    assert {one.document for one in report.findings if one.what == "unaccounted"} == came


def test_an_entry_that_is_inserted_is_named():
    kept = record()
    tablet = Tablet(TUTOR, log="1" * 32, n=4, prev=kept.entry("1" * 32, 4).body["digest"])
    entry = wire(tablet.register(claim(4)))
    name, rev = entry.pop("_id"), entry.pop("_rev")
    kept.documents[name] = Stored(name, rev, entry, frozenset())
    (finding,) = kept.report().findings
    assert (finding.what, finding.document, finding.n) == ("unaccounted", name, 5)


def test_what_has_no_entrys_id_is_named():
    kept = record()
    kept.documents["entry:mine"] = Stored("entry:mine", "1-a", {"type": "entry"}, frozenset())
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("inserted", "entry:mine")


@pytest.mark.parametrize("kind", ["entry", "arrival"])
def test_two_that_are_swapped_are_both_named(kind):
    kept = record()
    one, two = [item for item in kept.of(kind) if item.log == "1" * 32][:2]
    one.body, two.body = two.body, one.body
    report = kept.report()
    assert {one.id, two.id} <= {finding.document for finding in report.findings}
    assert {finding.log for finding in report.findings} == {"1" * 32}


def test_what_was_held_and_is_gone_from_the_quarantine_is_named():
    kept = record()
    (whole,) = [one for one in kept.of("held") if one.body["log"] is None]
    whole.body["original"] = whole.body["original"].replace('"N"', '"/"')
    (finding,) = kept.report().findings
    assert (finding.what, finding.n) == ("removed", 1)


def test_an_entry_taken_from_where_its_day_is_read_is_named():
    kept = record()
    entry = kept.entry("1" * 32, 1)
    entry.channels = frozenset()
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("hidden", entry.id)


def test_an_arrival_taken_from_where_its_log_is_read_is_named():
    kept = record()
    kept.documents[ARRIVALS[0]].channels = frozenset()
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("altered", ARRIVALS[0])


@pytest.mark.parametrize("kind", ["entry", "arrival"])
def test_a_second_version_put_beside_it_is_named(kind):
    kept = record()
    one = kept.of(kind)[0]
    one.conflicts = ("1-beside",)
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("altered", one.id)


def test_an_entry_written_again_as_another_revision_is_named():
    kept = record()
    kept.documents[ENTRIES[0]].rev = "2-again"
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("altered", ENTRIES[0])


def test_an_arrival_without_any_number_among_numbered_ones_is_named():
    kept = record()
    last = kept.arrivals("1" * 32)[-1]
    for field in ("k", "prev", "digest"):
        del last.body[field]
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("altered", last.id)


def test_a_verdict_changed_with_its_digest_is_named_by_the_arrival_after_it():
    kept = record()
    first, second, *_ = kept.arrivals("1" * 32)
    first.body["person"] = "staff-head"
    first.body["digest"] = arrival_digest(first.id, first.body)
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("replaced", first.id)
    assert second.id in finding.sentence


def test_a_first_arrival_that_names_one_before_it_is_named():
    kept = record()
    (only,) = kept.arrivals("1" * 32)[:1]
    only.body["prev"] = "f" * 64
    only.body["digest"] = arrival_digest(only.id, only.body)
    assert "replaced" in whats(kept.report())


def test_an_item_changed_with_the_whole_chain_disagrees_with_its_entry():
    kept = record()
    chain = kept.arrivals("1" * 32)
    chain[1].body["items"][0]["prev"] = "f" * 64
    rechain(chain)
    (finding, *_) = kept.report().findings
    assert (finding.what, finding.document) in {
        ("replaced", chain[1].body["items"][0]["entry"]),
        ("altered", chain[1].id),
    }


def replaced_by_another(kept, log):
    """Write a log anew, whole and consistent, under its own name."""
    chain = kept.arrivals(log)
    prev, salts = GENESIS, iter(range(1000, 2000))
    renamed = {}
    for one in [kept.entry(log, n) for n in range(1, 6)]:
        body = copy.deepcopy(one.body["body"]) | {"written_at": "2026-11-23T08:59:00.000Z"}
        entry = make_entry(log, one.body["n"], prev, f"{next(salts):032x}", body)
        prev = entry["digest"]
        del kept.documents[one.id]
        name, rev = entry.pop("_id"), entry.pop("_rev")
        kept.documents[name] = Stored(name, rev, entry, one.channels)
        renamed[one.id] = {"entry": name, "digest": entry["digest"], "prev": entry["prev"]}
    for arrival in chain:
        for item in arrival.body["items"]:
            item.update(renamed[item["entry"]])
    rechain(chain)


def test_a_log_replaced_by_another_consistent_one_is_named_by_an_anchor_alone():
    kept = record()
    anchors = kept.anchors()
    replaced_by_another(kept, "1" * 32)
    assert kept.report().findings == ()
    (finding,) = kept.report(anchors).findings
    assert (finding.what, finding.log, finding.k) == ("replaced", "1" * 32, 4)


def test_a_tail_cut_off_whole_is_named_by_an_anchor_alone():
    kept = record()
    anchors = kept.anchors()
    last = kept.arrivals("1" * 32)[-1]
    for name in (last.id, *(item["entry"] for item in last.body["items"])):
        del kept.documents[name]
    assert kept.report().findings == ()
    (finding,) = kept.report(anchors).findings
    assert (finding.what, finding.log, finding.k) == ("cut", "1" * 32, 4)


def test_a_log_removed_whole_is_named_by_an_anchor_alone():
    kept = record()
    anchors = kept.anchors()
    for one in list(kept.documents.values()):
        if one.body.get("log") == "3" * 32:
            del kept.documents[one.id]
    assert kept.report().findings == ()
    (finding,) = kept.report(anchors).findings
    assert (finding.what, finding.log, finding.k) == ("cut", "3" * 32, 1)


def test_of_several_anchors_a_log_is_named_once():
    kept = record()
    first = kept.anchors()[0]
    second = anchored("sch-test", first.at, "mark", first.heads, first)
    kept.documents = {
        name: one for name, one in kept.documents.items() if one.body.get("log") != "3" * 32
    }
    (finding,) = kept.report([first, second]).findings
    assert "anchor 2" in finding.sentence


def test_where_a_log_was_altered_its_anchor_says_nothing_more():
    kept = record()
    anchors = kept.anchors()
    kept.arrivals("1" * 32)[-1].body["device"] = "another"
    assert whats(kept.report(anchors)) == ["altered"]


def before_the_chain(kept):
    for one in kept.of("arrival"):
        for field in ("k", "prev", "digest"):
            del one.body[field]


def test_arrivals_from_before_the_chain_are_said_to_be_and_the_entries_verify():
    kept = record()
    before_the_chain(kept)
    anchors = kept.anchors()
    report = kept.report(anchors)
    assert report.findings == ()
    assert report.before_the_chain == len(ARRIVALS)
    assert [one.what for one in report.notices] == ["before_the_chain"]
    replaced_by_another_unchained(kept)
    assert whats(kept.report(anchors)) == ["replaced"]


def replaced_by_another_unchained(kept):
    chain = sorted((one for one in kept.of("arrival") if one.log == "3" * 32), key=lambda a: a.id)
    last = chain[-1].body["items"][0]
    del kept.documents[last["entry"]]
    del kept.documents[chain[-1].id]


def test_an_entry_replaced_before_the_chain_breaks_the_entries_chain():
    kept = record()
    before_the_chain(kept)
    second = kept.entry("1" * 32, 2)
    entry = wire(Tablet(TUTOR, log="1" * 32, n=1, prev=second.body["prev"]).register(claim(4)))
    (item,) = [
        item
        for one in kept.of("arrival")
        for item in one.body["items"]
        if item["entry"] == second.id
    ]
    item |= {"entry": entry["_id"], "digest": entry["digest"]}
    # It came with the third, in one push: sent apart, the third would follow another.
    del kept.documents[second.id]
    name, rev = entry.pop("_id"), entry.pop("_rev")
    kept.documents[name] = Stored(name, rev, entry, second.channels)
    report = kept.report()
    assert [one.what for one in report.notices] == ["clone", "before_the_chain"]


def siblings(kept):
    """A second server's arrival with the number of the third of log 1, for another entry."""
    log = "1" * 32
    chain = kept.arrivals(log)
    tablet = Tablet(TUTOR, log=log, n=5, prev=kept.entry(log, 5).body["digest"])
    entry = wire(tablet.register(claim(4)))
    item = chain[0].body["items"][0] | {
        "n": 6,
        "entry": entry["_id"],
        "digest": entry["digest"],
        "prev": entry["prev"],
    }
    name, rev = entry.pop("_id"), entry.pop("_rev")
    kept.documents[name] = Stored(name, rev, entry, frozenset({channels.entries("2026-11-23")}))
    beside = copy.deepcopy(chain[2])
    beside.id = chain[2].id.replace("id8", "id88")
    beside.body["items"] = [item]
    beside.body["digest"] = arrival_digest(beside.id, beside.body)
    kept.documents[beside.id] = beside
    return beside


def test_two_arrivals_with_one_number_are_named_as_such_where_servers_share_a_store():
    kept = record()
    beside = siblings(kept)
    report = kept.report(concurrent=True)
    assert report.findings == ()
    assert [(one.what, one.k) for one in report.notices] == [("concurrent", 3)]
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("inserted", beside.id)


def test_of_two_last_arrivals_with_one_number_either_may_be_the_inserted_one():
    kept = record()
    del kept.documents[kept.arrivals("1" * 32)[3].id]
    siblings(kept)
    report = kept.report()
    assert [one.what for one in report.findings].count("inserted") == 2


def test_an_arrival_appended_that_says_nothing_new_is_named():
    kept = record()
    chain = kept.arrivals("1" * 32)
    again = copy.deepcopy(chain[0])
    again.id = "arrival:1795426900000:again"
    again.body["received_at"] = "2026-11-23T09:41:40.000Z"
    kept.documents[again.id] = again
    rechain([*chain, again])
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("inserted", again.id)
    assert kept.report(concurrent=True).findings == ()


def test_a_clock_that_was_set_back_is_noticed_and_is_no_finding():
    kept = record()
    chain = kept.arrivals("1" * 32)
    del kept.documents[chain[1].id]
    chain[1].id = "arrival:1795426000000:id2"
    chain[1].body["received_at"] = "2026-11-23T09:26:40.000Z"
    kept.documents[chain[1].id] = chain[1]
    rechain(chain)
    report = kept.report()
    assert report.findings == ()
    assert [(one.what, one.k) for one in report.notices] == [("clock_back", 2)]


def test_an_arrival_that_was_not_written_is_noticed_where_servers_share_a_store():
    kept = record()
    del kept.documents[kept.arrivals("3" * 32)[-1].id]
    report = kept.report(concurrent=True)
    assert report.findings == ()
    assert [one.what for one in report.notices] == ["arrival_not_written"]


def erase(stored):
    stored.body = {
        key: value for key, value in stored.body.items() if key not in {"salt", "body"}
    } | {"erased": {"at": "2026-11-24T09:00:00.000Z", "by": "Head", "reference": "R1"}}


def test_an_erased_entry_verifies_where_its_erasure_is_on_record():
    kept = record()
    name = ENTRIES[0]
    erase(kept.documents[name])
    report = kept.report(erased=frozenset({name}))
    assert (report.findings, report.erased) == ((), 1)
    (finding,) = kept.report().findings
    assert (finding.what, finding.document) == ("erased_without_record", name)
    kept.documents[name].body["prev"] = "f" * 64
    assert whats(kept.report(erased=frozenset({name}))) == ["altered"]


def test_every_finding_is_a_sentence_about_a_place():
    kept = record()
    kept.documents[ENTRIES[0]].body["salt"] = "f" * 32
    (finding,) = kept.report().findings
    assert finding.sentence == "Entry 1 was altered: its content is not what its author sealed."
    assert (finding.log, finding.n, finding.author) == ("1" * 32, 1, "staff-tutor")


def test_other_documents_of_a_school_say_nothing():
    kept = record()
    kept.documents["school"] = Stored("school", "1-a", {"type": "school"}, frozenset())
    assert kept.report().findings == ()


async def test_forks_gaps_and_clones_are_noticed_and_are_no_findings():
    store = MemoryStore()
    database = await store.create("sch-test")
    school = School(database, roster())
    one, two = (Tablet(TUTOR, log="a" * 32) for _ in range(2))
    await school.push(one.register(claim(1)))
    two.register(claim(2))
    for _ in range(2):
        two.register(claim(3))
    await school.push(two.entries[2])
    await school.push(two.entries[1])
    await school.push(one.register(claim(2)))
    for _ in range(3):
        one.register(claim(3))
    await school.push(one.entries[4])
    audit = Audit()
    for document in await database.range("", ENDS):
        audit.add(document)
    report = audit.report()
    await store.close()
    assert report.findings == ()
    assert [(found.what, found.n) for found in report.notices] == [
        ("clone", 2),
        ("fork", 2),
        ("missing", 4),
    ]


def test_a_date_that_cannot_be_read_any_more_is_said_to_be():
    kept = record()
    first = kept.arrivals("1" * 32)[0]
    first.body["received_at"] = "sometime"
    del kept.documents[first.body["items"][0]["entry"]]
    sentences = [one.sentence for one in kept.report().findings if one.what == "removed"]
    assert sentences == [
        "Entry 1 of this log came in on a day that cannot be read any more; it is gone."
    ]


def test_what_has_no_canonical_form_is_named():
    kept = record()
    kept.documents[ARRIVALS[0]].body["device"] = 3.5
    kept.documents[ENTRIES[0]].body["body"]["device"] = 3.5
    assert {one.document for one in kept.report().findings} == {ARRIVALS[0], ENTRIES[0]}


WRECKS = st.sampled_from([None, True, 0, -1, 3.5, "", "x", [], [1], {}, {"n": 1}, "é" * 3])


@given(st.data())
def test_whatever_is_put_in_its_place_is_read_without_failing_and_named(data):
    kept = record()
    name = data.draw(st.sampled_from([*ENTRIES, *ARRIVALS]))
    field = data.draw(st.sampled_from(sorted(kept.documents[name].body)))
    was = kept.documents[name].body[field]
    kept.documents[name].body[field] = wreck = data.draw(WRECKS)
    report = kept.report(WHOLE.anchors())
    unsealed = field == "v" and name in HELD_FOR_THEIR_FORM
    if (type(was), was) != (type(wreck), wreck) and not unsealed:
        assert name in {one.document for one in report.findings}


@given(st.data())
def test_any_few_documents_tampered_with_are_all_named(data):
    kept = record()
    names = data.draw(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=4, unique=True))
    for name in names:
        path = data.draw(st.sampled_from(list(places(kept.documents[name].body))))
        if path == ("v",):
            continue
        how = data.draw(st.sampled_from(["alter", "remove", "gone"]))
        if how == "gone":
            del kept.documents[name]
        else:
            kept.documents[name].body = changed(kept.documents[name].body, path, how)
    report = kept.report(WHOLE.anchors())
    touched = {
        name
        for name in names
        if name not in kept.documents or kept.documents[name].body != WHOLE.documents[name].body
    }
    assert {one.document for one in report.findings} == touched
