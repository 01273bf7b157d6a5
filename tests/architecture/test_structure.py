"""What import contracts cannot see: sizes, names, one reader of the environment, complete adapter tables."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("assistant", "ingest", "prompts", "evals", "integrations")
BANNED = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager", "misc"}
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
# Folder of adapters to the name of its table; every module in the folder must be reachable from the table.
TABLES: dict[str, str] = {
    "ingest/readers": "READERS",
    "ingest/sources": "SOURCES",
    "integrations/embedders": "EMBEDDERS",
    "integrations/prm": "PRMS",
    "evals/metrics": "METRICS",
}


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=label)
def test_a_file_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=label)
def test_a_function_fits_on_one_screen(path: Path) -> None:
    long = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in functions(path)}
    assert {name: size for name, size in long.items() if size > 50} == {}


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_no_name_says_nothing(path: Path) -> None:
    parts = {part.removesuffix(".py").strip("_") for part in path.relative_to(ROOT).parts}
    assert parts & BANNED == set()


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_the_tree_is_shallow(path: Path) -> None:
    assert len(path.relative_to(ROOT).parts) <= 4


def test_only_settings_read_the_environment() -> None:
    readers = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
            imported = (
                isinstance(node, ast.ImportFrom)
                and node.module == "os"
                and {n.name for n in node.names}
                & {
                    "environ",
                    "getenv",
                }
            )
            if named or imported:
                readers.add(label(path))
    assert readers <= {"integrations/settings.py"}


def test_dict_payloads_do_not_cross_rooms() -> None:
    offenders = []
    for path in SOURCES:
        if path.relative_to(ROOT).parts[0] == "integrations":
            continue
        for function in functions(path):
            for argument in [*function.args.args, *function.args.kwonlyargs]:
                text = ast.unparse(argument.annotation) if argument.annotation else ""
                if "dict[str, Any]" in text or text == "dict":
                    offenders.append(f"{label(path)}:{function.name}({argument.arg})")
    assert offenders == []


def named_by(package: Path, table: str) -> set[str]:
    """The modules of a package that its table names: by import, by string, or through a function of the package."""
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    prefix = ".".join(package.relative_to(ROOT).parts)
    imported: dict[str, str] = {}
    local: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(prefix):
            own = (node.module or "").removeprefix(prefix).strip(".").split(".")[0]
            imported |= {alias.asname or alias.name: own or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef):
            local[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            local[ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)] = node
    waiting, seen, words = [table], {table}, set[str]()
    while waiting:
        said = words_of(local[waiting.pop()])
        waiting += (said & local.keys()) - seen
        seen |= said & local.keys()
        words |= said
    return words | {imported[word] for word in words & imported.keys()}


def words_of(tree: ast.AST) -> set[str]:
    """The names and the strings in a piece of code, and the parts of what it imports."""
    found: set[str] = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            found |= {part.value, part.value.rpartition(":")[0].rpartition(".")[2]}
        elif isinstance(part, ast.ImportFrom):
            found |= {*(part.module or "").split("."), *(alias.name for alias in part.names)}
        elif isinstance(part, ast.Name):
            found.add(part.id)
    return found


@pytest.mark.parametrize(("folder", "table"), TABLES.items(), ids=str)
def test_every_adapter_is_in_its_table(folder: str, table: str) -> None:
    package = importlib.import_module(folder.replace("/", "."))
    files = {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"} - set(getattr(package, "PARTS", ()))
    assert files - named_by(ROOT / folder, table) == set()
