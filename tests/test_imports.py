"""Imports point one way: schemas <- sync <- server, with no cycle, and the inner two do no I/O."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("schemas", "sync", "server")
ALLOWED = {
    "schemas": {"schemas"},
    "sync": {"schemas", "sync"},
    "server": {"schemas", "sync", "server"},
}
# What a pure module may lean on: nothing here opens a file or a database by itself, and of
# asyncio (locks, events) the calls that reach outside are refused below.
PURE_OUTSIDE = {
    *("annotated_types", "orjson", "pydantic", "pydantic_core", "re2", "typing_extensions"),
    *(
        "__future__",
        "abc",
        "asyncio",
        "base64",
        "binascii",
        "bisect",
        "calendar",
        "collections",
        "contextlib",
    ),
    *("copy", "dataclasses", "datetime", "decimal", "enum", "functools", "hashlib", "heapq"),
    *("hmac", "itertools", "json", "math", "operator", "re", "string", "struct", "types"),
    *("typing", "unicodedata", "weakref", "zlib", "zoneinfo"),
}
# Modules that read the world by their purpose; each says why.
IMPURE = {
    "schemas.export": {"pathlib", "sys"},  # a command that writes the tables for the tablet
    "schemas.policy_page": {"pathlib", "sys"},  # a command that writes the page
    "sync.clock": {"time"},  # holds the machine's clock, for the server to hand in
}
REACHING_OUTSIDE = {
    *("now", "utcnow", "today", "sleep", "to_thread", "run_in_executor", "open_connection"),
    *("open_unix_connection", "start_server", "start_unix_server", "create_connection"),
    *("create_server", "create_subprocess_exec", "create_subprocess_shell"),
}
STORES = "sync.stores"


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def sources() -> dict[str, ast.Module]:
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {module_name(path): ast.parse(path.read_text("utf-8"), str(path)) for path in paths}


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under ``if TYPE_CHECKING``, which never run."""
    for child in ast.iter_child_nodes(tree):
        if not is_for_types_only(child):
            yield child
            yield from nodes(child)


def import_targets(name: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{name} line {node.lineno}: import by full name, not by dots"
        assert node.module is not None
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in sources() else node.module


def imports(name: str, *, at_load: bool = False) -> set[str]:
    """The modules that ``name`` imports; ``at_load`` leaves out imports inside functions."""
    tree = sources()[name]
    found = tree.body if at_load else nodes(tree)
    return {target for node in found for target in import_targets(name, node)}


def top(name: str) -> str:
    return name.partition(".")[0]


def is_pure(name: str) -> bool:
    return top(name) in {"schemas", "sync"} and not (name + ".").startswith(STORES + ".")


PURE = sorted(filter(is_pure, sources()))


def test_walk_finds_the_modules() -> None:
    assert {"schemas", "sync", "server", STORES} <= sources().keys()


@pytest.mark.parametrize("name", sorted(sources()))
def test_imports_point_one_way(name: str) -> None:
    ours = {target for target in imports(name) if top(target) in {*PACKAGES, "tests", "loadtests"}}
    wrong = {target for target in ours if top(target) not in ALLOWED[top(name)]}
    assert not wrong, f"{name} may import only {sorted(ALLOWED[top(name)])}, not {sorted(wrong)}"


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_do_no_input_or_output(name: str) -> None:
    outside = {top(target) for target in imports(name)} - set(PACKAGES)
    wrong = outside - PURE_OUTSIDE - IMPURE.get(name, set())
    assert not wrong, f"{name} is pure, and {sorted(wrong)} may not be: take it as an argument"


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_do_not_reach_for_a_store(name: str) -> None:
    assert not [target for target in imports(name) if (target + ".").startswith(STORES + ".")]


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_open_nothing_and_ask_no_clock(name: str) -> None:
    calls = [node.func for node in nodes(sources()[name]) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    wrong = names & {"open", "input", "print", "exec", "eval"} | methods & REACHING_OUTSIDE
    assert not wrong, f"{name} calls {sorted(wrong)}: files, clocks and people are arguments"


def test_no_import_cycle() -> None:
    graph = {name: imports(name, at_load=True) & sources().keys() for name in sources()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        pytest.fail("imports go round in a circle: " + " -> ".join(cycle.args[1]))


def test_errors_modules_are_leaves() -> None:
    for name in sources():
        if name.endswith(".errors"):
            below = {target for target in imports(name) if top(target) in PACKAGES}
            assert all(target.endswith(".errors") for target in below), f"{name} imports {below}"


@pytest.mark.parametrize("name", sorted(sources()))
def test_names_no_module_that_does_not_exist(name: str) -> None:
    for target in imports(name):
        if top(target) in PACKAGES:
            assert target in sources(), f"{name} imports {target}, which is not there"


def test_the_lists_above_name_real_modules() -> None:
    assert IMPURE.keys() <= sources().keys()
    libraries = {"annotated_types", "orjson", "pydantic", "pydantic_core", "re2"}
    libraries.add("typing_extensions")
    assert PURE_OUTSIDE - sys.stdlib_module_names == libraries
