r"""Selectors: CouchDB's declarative queries (Mango), compiled into a question about one document.

``{"role": "teacher", "age": {"$gte": 21}}``: fields by dotted path (``a.b``, ``a\\.b`` for a dot in
a name, ``a.0`` into an array), several members mean all of them, a bare value means equality.
Texts compare in CouchDB's order (:mod:`sync.collation`), ids byte by byte. A condition on a field
that a document has not is false, however it is negated; only ``{"$exists": false}`` is true then.

``$regex`` runs on RE2, which takes time in proportion to the text whatever the pattern: there are
no patterns that run away, and for that no look-around and no back-references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import re2

from sync.collation import Key, collation_key, id_key
from sync.errors import BadSelector

__all__ = ["compile_selector", "parse_field"]

Test = Callable[[Any], bool]

MAX_DEPTH = 50
"""Nesting of a selector."""
_MISSING: Final = object()
_ASTRAY: Final = object()
"""A path that leads through something other than an object or an array."""
_DOT = re.compile(r"(?<!\\)\.")
_INDEX = re.compile(r"[+-]?[0-9]{1,9}")
_COMBINED = frozenset({"$and", "$or", "$nor"})
_NAMES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def compile_selector(selector: Any) -> Callable[[Mapping[str, Any]], bool]:
    """Read a selector; the answer tells whether a document (with its ``_id``) matches.

    Raises :class:`BadSelector`.
    """
    if not isinstance(selector, dict):
        raise BadSelector('Selector error: expected a JSON object, such as {"type": "register"}.')
    _check_depth(selector)
    if not selector:
        return _always
    if _is_about_nothing(selector):
        raise BadSelector("One or more conditions is missing a field name.")
    return _Reader().condition(selector, (), negated=False)


def _check_depth(selector: dict[str, Any]) -> None:
    level: list[Any] = [selector]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise BadSelector(f"The selector is nested more than {MAX_DEPTH} deep; send a flatter one.")


def _is_about_nothing(node: Any) -> bool:
    """Whether a selector is one operator on no field."""
    if not isinstance(node, dict) or not node:
        return True
    name, argument = next(iter(node.items()))
    if len(node) > 1 or not name.startswith("$") or name in _COMBINED:
        return False
    return name != "$not" or _is_about_nothing(argument)


class _Reader:
    """Compiles conditions, moving negations down to the fields they are about.

    ``literal``: a condition on elements; there a negation is simply the opposite, as in CouchDB.
    """

    def __init__(self, *, literal: bool = False) -> None:
        self._literal = literal

    def condition(self, node: Any, path: tuple[str, ...], *, negated: bool) -> Test:
        """What ``node`` says about the value at ``path``."""
        if not isinstance(node, dict) or not node:
            return _at(path, _equal(node, _key_of(path)), negated=negated)
        if len(node) > 1:
            parts = [self.condition({k: v}, path, negated=negated) for k, v in node.items()]
            return _any(parts) if negated else _all(parts)
        name, argument = next(iter(node.items()))
        if not name.startswith("$"):
            return self.condition(argument, (*path, *parse_field(name)), negated=negated)
        if name in _COMBINED:
            return self._combined(name, _array(name, argument), path, negated=negated)
        if name == "$not":
            return self._negation(_object(name, argument), path, negated=negated)
        return _terminal(name, argument, path, negated=negated)

    def _combined(
        self, name: str, argument: list[Any], path: tuple[str, ...], *, negated: bool
    ) -> Test:
        if not argument:
            return _always
        if name == "$nor" and self._literal:
            return _not(self._combined("$or", argument, path, negated=False))
        inverted = negated is not (name == "$nor")
        parts = [self.condition(one, path, negated=inverted) for one in argument]
        return _any(parts) if (name == "$or") is not negated else _all(parts)

    def _negation(self, argument: Any, path: tuple[str, ...], *, negated: bool) -> Test:
        if self._literal:
            return _not(self.condition(argument, path, negated=False))
        return self.condition(argument, path, negated=not negated)


def _terminal(name: str, argument: Any, path: tuple[str, ...], *, negated: bool) -> Test:
    if name == "$exists":
        return _exists(path, wanted=_boolean(name, argument) is not negated)
    return _at(path, _operator(name, argument, _key_of(path)), negated=negated)


def _at(path: tuple[str, ...], test: Test, *, negated: bool) -> Test:
    def holds(value: Any) -> bool:
        found = _follow(value, path)
        return found is not _MISSING and found is not _ASTRAY and test(found) is not negated

    return holds


def _always(_: Any) -> bool:
    return True


def _not(test: Test) -> Test:
    return lambda value: not test(value)


def _all(tests: list[Test]) -> Test:
    return lambda value: all(test(value) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda value: any(test(value) for test in tests)


def parse_field(name: str) -> tuple[str, ...]:
    """The names on the way to a field. Raises :class:`BadSelector`."""
    parts = _DOT.split(name)
    if "" in parts:
        raise BadSelector(f"Invalid field name: {name!r}; between dots stands a name.")
    return tuple(part.replace("\\", "") for part in parts)


def _follow(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if isinstance(value, dict):
            if name not in value:
                return _MISSING
            value = value[name]
        elif isinstance(value, list) and _INDEX.fullmatch(name):
            place = int(name)
            if not 0 <= place < len(value):
                return _ASTRAY
            value = value[place]
        else:
            return _ASTRAY
    return value


def _exists(path: tuple[str, ...], *, wanted: bool) -> Test:
    if wanted:
        return _at(path, _always, negated=False)
    return lambda value: _follow(value, path) is _MISSING


# Operators: each reads its argument and gives a test of a value.


def _bad(name: str, argument: Any, wanted: str) -> BadSelector:
    shown = repr(argument)
    shown = shown if len(shown) <= 80 else shown[:79] + "…"
    return BadSelector(f"Bad argument for operator {name}: {shown}; it takes {wanted}.")


def _array(name: str, argument: Any) -> list[Any]:
    if not isinstance(argument, list):
        raise _bad(name, argument, "an array")
    return argument


def _object(name: str, argument: Any) -> dict[str, Any]:
    if not isinstance(argument, dict):
        raise _bad(name, argument, "an object")
    return argument


def _boolean(name: str, argument: Any) -> bool:
    if not isinstance(argument, bool):
        raise _bad(name, argument, "true or false")
    return argument


def _text(name: str, argument: Any) -> str:
    if not isinstance(argument, str):
        raise _bad(name, argument, "a text")
    return argument


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _key_of(path: tuple[str, ...]) -> Key:
    return id_key if path == ("_id",) else collation_key


def _operator(name: str, argument: Any, key: Key) -> Test:
    if name in _KEYED:
        return _KEYED[name](argument, key)
    if name == "$in":
        return _in(name, argument, key)
    if name == "$nin":
        return _not(_in(name, argument, key))
    if name in _NAMED:
        return _NAMED[name](name, argument)
    raise BadSelector(f"Invalid operator: {name[:80]}")


def _equal(argument: Any, key: Key) -> Test:
    place = key(argument)
    return lambda value: key(value) == place


def _below(argument: Any, key: Key) -> Test:
    place = key(argument)
    return lambda value: key(value) < place


def _at_most(argument: Any, key: Key) -> Test:
    place = key(argument)
    return lambda value: key(value) <= place


def _in(name: str, argument: Any, key: Key) -> Test:
    places = {key(one) for one in _array(name, argument)}

    def holds(value: Any) -> bool:
        values = value if isinstance(value, list) else [value]
        return any(key(one) in places for one in values)

    return holds


def _all_of(name: str, argument: Any) -> Test:
    wanted = _array(name, argument)
    whole = wanted[0] if len(wanted) == 1 and isinstance(wanted[0], list) else None

    def holds(value: Any) -> bool:
        if not isinstance(value, list) or not wanted:
            return False
        return all(any(_same(one, each) for each in value) for one in wanted) or (
            whole is not None and _same(whole, value)
        )

    return holds


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same to the letter: 1 is not 1.0, and not true."""
    if type(one) is not type(other) or (isinstance(one, list | dict) and len(one) != len(other)):
        return False
    if isinstance(one, list):
        return all(map(_same, one, other))
    if isinstance(one, dict):
        return all(name in other and _same(part, other[name]) for name, part in one.items())
    return bool(one == other)


def _type(name: str, argument: Any) -> Test:
    wanted = _text(name, argument)
    return lambda value: _NAMES.get(type(value)) == wanted


def _mod(name: str, argument: Any) -> Test:
    if not (isinstance(argument, list) and len(argument) == 2 and all(map(_is_whole, argument))):
        raise _bad(name, argument, "a divisor and a remainder, both whole numbers")
    divisor, remainder = argument
    if divisor == 0:
        raise _bad(name, argument, "a divisor other than 0")

    def holds(value: Any) -> bool:
        if not _is_whole(value):
            return False
        left = abs(value) % abs(divisor)
        return bool((left if value >= 0 else -left) == remainder)  # the sign of what is divided

    return holds


def _size(name: str, argument: Any) -> Test:
    if not _is_whole(argument) or argument < 0:
        raise _bad(name, argument, "a whole number from 0")
    return lambda value: isinstance(value, list) and len(value) == argument


def _begins_with(name: str, argument: Any) -> Test:
    prefix = _text(name, argument)
    return lambda value: isinstance(value, str) and value.startswith(prefix)


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    return options


_RE2_OPTIONS = _options()


def _regex(name: str, argument: Any) -> Test:
    try:
        pattern = re2.compile(_text(name, argument), _RE2_OPTIONS)
    except re2.error:
        wanted = "a regular expression without look-around or back-references"
        raise _bad(name, argument, wanted) from None
    return lambda value: isinstance(value, str) and pattern.search(value) is not None


def _elements(name: str, argument: Any) -> Test:
    return _Reader(literal=True).condition(_object(name, argument), (), negated=False)


def _elem_match(name: str, argument: Any) -> Test:
    test = _elements(name, argument)
    return lambda value: isinstance(value, list) and any(map(test, value))


def _all_match(name: str, argument: Any) -> Test:
    test = _elements(name, argument)
    return lambda value: isinstance(value, list) and bool(value) and all(map(test, value))


def _key_map_match(name: str, argument: Any) -> Test:
    test = _elements(name, argument)
    return lambda value: isinstance(value, dict) and any(map(test, value))


_KEYED: Mapping[str, Callable[[Any, Key], Test]] = {
    "$eq": _equal,
    "$ne": lambda argument, key: _not(_equal(argument, key)),
    "$lt": _below,
    "$lte": _at_most,
    "$gt": lambda argument, key: _not(_at_most(argument, key)),
    "$gte": lambda argument, key: _not(_below(argument, key)),
}
_NAMED: Mapping[str, Callable[[str, Any], Test]] = {
    "$all": _all_of,
    "$type": _type,
    "$mod": _mod,
    "$size": _size,
    "$beginsWith": _begins_with,
    "$regex": _regex,
    "$elemMatch": _elem_match,
    "$allMatch": _all_match,
    "$keyMapMatch": _key_map_match,
}
