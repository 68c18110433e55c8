"""What was written in a school in the four weeks before today, in the order it came in."""

from __future__ import annotations

from collections.abc import Iterator

from server.demo.attendance import SESSIONS, Attendance
from server.demo.office import Office
from server.demo.registers import Registers
from server.demo.schools import DemoSchool
from server.demo.writing import Pen, Push

__all__ = ["write_history"]


def write_history(
    school: DemoSchool, attendance: Attendance, seed: int
) -> Iterator[tuple[str, list[Push]]]:
    """Every push by date, a morning or afternoon at a time, each in order of receipt.

    On the last day a cover teacher's register of the shown form comes in late and contradicts its
    teacher's: one cell is left contested for the officer. Nothing of today has been registered.
    """
    groups = tuple(school.roster.groups)
    pens = {one.person: Pen(one, seed, groups) for one in school.staff}
    registers = Registers(school, attendance.codes(), pens, seed)
    office = Office(school, registers, pens[school.staff.officer.person], seed)
    last = len(school.history) - 1
    for day, date in enumerate(school.history):
        yield date, list(office.before_school(day))
        for session in SESSIONS:
            pushes = list(registers.take(day, session))
            if day == last and session == "AM":
                pushes.append(registers.contradict(school.shown, day, session))
            yield date, _in_order(pushes)
            yield date, _in_order(office.after_registers(day, session))
        yield date, _in_order(office.after_school(day))
    yield school.history[last], list(office.plans_for_today())


def _in_order(pushes: Iterator[Push] | list[Push]) -> list[Push]:
    return sorted(pushes, key=lambda push: push.received_ms)
