"""A name that somebody typed is told to be a person's by whole words."""

import pytest

from sync.family.called import is_called


@pytest.mark.parametrize("name", ["Rosa van Dyke", "rosa VAN  DYKE ", "van Dyke"])
def test_a_name_ends_with_its_surname_however_it_is_typed(name):
    assert is_called(name, "Van Dyke")


@pytest.mark.parametrize("name", ["Rosa Vandyke", "Rosa", "Dyke", "Rosa van Dyke-Jones"])
def test_another_name_is_another_name(name):
    assert not is_called(name, "van Dyke")
