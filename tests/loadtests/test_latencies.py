import math

from loadtests.latencies import Latencies


def latencies(*milliseconds: float) -> Latencies:
    taken = Latencies()
    for one in milliseconds:
        taken.add_ms(one)
    return taken


def test_a_percentile_is_a_value_that_was_measured() -> None:
    taken = latencies(4, 1, 3, 2)
    assert [taken.percentile(share) for share in (0, 0.25, 0.5, 0.51, 0.99, 1)] == [
        1,
        1,
        2,
        3,
        4,
        4,
    ]


def test_there_is_no_percentile_of_nothing() -> None:
    assert math.isnan(Latencies().percentile(0.5))
    assert Latencies().summary() == {"count": 0}


def test_another_s_are_added_to_one_s_own() -> None:
    taken = latencies(5)
    taken.add_all(latencies(1, 2))
    assert len(taken) == 3
    assert taken.percentile(0.5) == 2


def test_a_summary_counts_each_in_its_bucket() -> None:
    kept = latencies(0.05, 0.1, 1.2, 80_000).summary()
    assert kept["count"] == 4
    assert kept["max_ms"] == 80_000
    assert kept["histogram_ms"] == {"0.1": 2, "1.5": 1, "more": 1}
