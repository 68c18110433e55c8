import orjson

from loadtests.documents import BYTES, batches, make_documents


def test_documents_are_a_kilobyte_each_and_the_same_every_time() -> None:
    documents = make_documents(50)
    assert {len(orjson.dumps(one)) for one in documents} == {BYTES}
    assert len({one["_id"] for one in documents}) == 50
    assert documents == make_documents(50)
    assert documents != make_documents(50, seed=2)


def test_batches_hold_all_documents_in_order() -> None:
    documents = make_documents(5)
    bodies = [orjson.loads(body)["docs"] for body in batches(documents, 2)]
    assert [len(body) for body in bodies] == [2, 2, 1]
    assert [one for body in bodies for one in body] == documents
