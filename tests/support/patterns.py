"""Find the package's regular expressions and their uses, and generate difficult texts for them."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import codesteer

parser: Any = importlib.import_module("re._parser")
METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")
JUNK = (" ", "\n", "a", "0", "<", "(", ">", ",", "-", "\\", '"', "a ", "\t\n", "é", "A.", "1,")


@dataclass(frozen=True, slots=True)
class Used:
    """A pattern and a method that the package calls on it."""

    name: str
    pattern: re.Pattern[str]
    method: str

    def apply(self, text: str) -> None:
        if self.method == "sub":
            self.pattern.sub("", text)
        elif self.method == "finditer":
            for _ in self.pattern.finditer(text):
                pass
        else:
            getattr(self.pattern, self.method)(text)


def used_patterns() -> list[Used]:
    """Return all patterns, named or inline, each with every method that the package calls on it."""
    found = [used for module in package_modules() for used in (*_held(module), *_in_place(module))]
    return sorted(set(found), key=lambda used: (used.name, used.method))


@lru_cache(maxsize=1)
def package_modules() -> tuple[ModuleType, ...]:
    names = [module.name for module in pkgutil.walk_packages(codesteer.__path__, "codesteer.")]
    return tuple(importlib.import_module(name) for name in sorted(names) if not name.endswith("__main__"))


def _held(module: ModuleType) -> Iterator[Used]:
    source = _source(module)
    for name, value in vars(module).items():
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            for method in METHODS:
                if re.search(rf"\b{name}\.{method}\b", source):
                    yield Used(f"{module.__name__}.{name}", value, method)


def _in_place(module: ModuleType) -> Iterator[Used]:
    for node in ast.walk(ast.parse(_source(module))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        owner, pattern = node.func.value, node.args[0]
        if not (isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr in METHODS):
            continue
        if isinstance(pattern, ast.Constant):
            flags = re.MULTILINE if "MULTILINE" in ast.unparse(node) else 0
            where = f"{module.__name__}:{node.lineno}"
            yield Used(where, re.compile(str(pattern.value), flags), node.func.attr)


def _source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def hard_texts(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Yield repetitions of a pattern's parts, prefixes and junk, with and without a final character."""
    atoms = _atoms(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE & ~re.DEBUG))[:16]
    starts = ["".join(atoms[: index + 1]) for index in range(len(atoms))]
    pairs = ["".join(pair) for pair in pairwise(atoms)]
    for seed in dict.fromkeys(["".join(atoms), *starts, *atoms, *pairs, *JUNK]):
        text = seed * (size // len(seed)) if seed else ""
        yield text
        yield text + "\0"
    for start in dict.fromkeys(["", *starts[:8]]):
        for junk in dict.fromkeys([*atoms[:8], *JUNK[:6]]):
            yield start + junk * (size // max(1, len(junk))) + "\0"


def _atoms(tree: object) -> list[str]:
    """Return short texts that the parts of a pattern match, in order."""
    atoms: list[str] = []
    for kind, value in tree:  # type: ignore[attr-defined]
        atoms += _READERS.get(str(kind), lambda _: [])(value)
    return [atom for atom in atoms if atom]


def _of_set(items: list[tuple[object, object]]) -> list[str]:
    if str(items[0][0]) == "NEGATE":
        return ["x", " "]
    return [_ITEMS[str(kind)](value) for kind, value in items[:4]]


def _character(value: object) -> str:
    return chr(int(str(value)))


def _category(value: object) -> str:
    samples = {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "1", "CATEGORY_WORD": "w", "CATEGORY_NOT_WORD": "!"}
    return samples.get(str(value), "x")


_ITEMS: dict[str, Callable[[Any], str]] = {
    "LITERAL": _character,
    "RANGE": lambda value: _character(value[0]),
    "CATEGORY": _category,
}
_READERS: dict[str, Callable[[Any], list[str]]] = {
    "LITERAL": lambda value: [_character(value)],
    "NOT_LITERAL": lambda value: ["x" if _character(value) != "x" else "y"],
    "ANY": lambda _: ["x"],
    "IN": _of_set,
    "MAX_REPEAT": lambda value: _atoms(value[2]),
    "MIN_REPEAT": lambda value: _atoms(value[2]),
    "POSSESSIVE_REPEAT": lambda value: _atoms(value[2]),
    "SUBPATTERN": lambda value: _atoms(value[3]),
    "ATOMIC_GROUP": lambda value: _atoms(value),
    "BRANCH": lambda value: [atom for branch in value[1][:12] for atom in _atoms(branch)],
    "ASSERT": lambda value: _atoms(value[1]),
}
