import pytest
from pydantic import ValidationError

from schemas.errors import IdentifierError
from schemas.identifiers import check_laestab, check_ukprn, check_upn, check_urn
from tests.factory import pupil


@pytest.mark.parametrize(
    "upn",
    [
        "B801200005001",
        "P207000016049",
        "A000000000000",
        "F999999999999",
        "C820123424001",
        "H356210811018",
        "R33012342500A",
        "C33012342500Z",
    ],
)
def test_well_formed_upns(upn):
    assert check_upn(upn) == upn


@pytest.mark.parametrize(
    ("upn", "said"),
    [
        ("A801200005001", "starts with A, but its digits call for B"),
        ("Q207000016049", "starts with Q, but its digits call for P"),
        ("I801200005001", "not I, O or S"),
        ("B80120000500", "eleven digits"),
        ("B80120000500S", "eleven digits"),
        ("b801200005001", "eleven digits"),
        ("", "eleven digits"),
    ],
)
def test_a_upn_that_was_mistyped_says_so(upn, said):
    with pytest.raises(IdentifierError, match=said):
        check_upn(upn)


def test_establishment_numbers():
    assert check_laestab("9991234") == "9991234"
    assert check_urn("123456") == "123456"
    assert check_ukprn("10012345") == "10012345"
    for check, value in [
        (check_laestab, "999/1234"),
        (check_urn, "12345"),
        (check_ukprn, "1001234"),
        (check_ukprn, "20012345"),
    ]:
        with pytest.raises(IdentifierError, match=value):
            check(value)


def test_a_pupil_is_on_roll_up_to_and_with_the_leaving_day():
    leaver = pupil(1, enrolled_to="2026-11-20")
    assert leaver.on_roll("2026-11-20")
    assert not leaver.on_roll("2026-11-21")
    assert not leaver.on_roll("2026-09-01")
    assert pupil(2).on_roll("2030-01-01")


def test_a_roster_refuses_a_mistyped_upn():
    with pytest.raises(ValidationError, match="A801200005001"):
        pupil(1, upn="A801200005001")
