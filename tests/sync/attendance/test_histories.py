"""A pupil's marks of a half-term, from the days' own."""

from schemas.published import CONTESTED
from sync.attendance.histories import UNMARKED, history, marks
from sync.stores.memory import MemoryStore
from tests.factory import MONDAY, claim, roster
from tests.sync.school import School


async def test_what_pupils_have_on_a_day():
    school = School(await MemoryStore().create("sch-test"), roster())
    await school.push(
        school.tutor.register(claim(1), claim(2, "N"), claim(3)),
        school.cover.register(claim(1), claim(2, "L", arrived="09:00"), claim(3, "N")),
        school.tutor.register(claim(2, "\\"), session="PM"),
    )
    day = await school.day()
    assert [marks(day, f"pup-{number}") for number in range(1, 5)] == [
        ("/", None),
        ("L", "\\"),
        (CONTESTED, None),
        UNMARKED,
    ]


def test_a_history_counts_what_is_contested_as_unmarked():
    found = history(
        "2026-11-02",
        "pup-1",
        [(MONDAY, "/", CONTESTED), ("2026-11-20", "U", "\\"), ("2026-11-19", None, "I")],
    )
    assert found.id == "history:2026-11-02:pup-1"
    assert [date for date, *_ in found.days] == ["2026-11-19", "2026-11-20", MONDAY]
    tally = found.tally
    assert (tally.attended, tally.authorised, tally.unauthorised) == (2, 1, 1)
    assert (tally.unmarked, tally.late, tally.possible) == (2, 1, 4)
