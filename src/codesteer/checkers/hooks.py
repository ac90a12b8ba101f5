"""Methods that nobody calls by name: the interpreter or a library calls them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codesteer.checkers.program_index import FunctionNode, ProgramIndex

_CONSTRUCTORS = frozenset({"__init__", "__new__"})
_CERTAIN = frozenset({"run"})
"""Hooks of libraries that are called once and not for each item of data, as in threads."""
_INERT_BASES = ("abc.", "typing.", "typing_extensions.", "enum.", "collections.abc.")
"""Modules whose classes, as bases, call no method by themselves."""
_PASSIVE_DECORATORS = frozenset(
    {
        *("cache", "lru_cache", "cached_property", "wraps", "total_ordering", "singledispatch"),
        *("staticmethod", "classmethod", "property", "dataclass", "contextmanager"),
        *("jit", "njit", "vectorize", "abstractmethod", "overload"),
    }
)
"""Decorators that hand the function back for the program to call."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One such method."""

    method: FunctionNode
    certain: bool
    """It is called whatever the data are: by syntax, or once a run."""
    gives_value: bool
    """What it returns stands for the object, as with ``__str__`` and ``__iter__``."""


def hooks_of(owner: ast.ClassDef, classes: Mapping[str, ast.ClassDef], index: ProgramIndex) -> Iterator[Hook]:
    """Yields the hooks of a class, inherited ones included, those of the class itself first.

    Args:
        owner: A class of the program.
        classes: All classes of the program by name.
        index: The program's nodes.
    """
    by_library = has_library_base(owner, classes, index)
    seen = set(_CONSTRUCTORS)
    for one in _family(owner, classes):
        for method in one.body:
            if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) or method.name in seen:
                continue
            seen.add(method.name)
            is_special = method.name.startswith("__") and method.name.endswith("__")
            if is_special or by_library:
                certain = is_special or method.name in _CERTAIN
                yield Hook(method, certain=certain, gives_value=is_special)


def is_called_by_library(function: FunctionNode, index: ProgramIndex) -> bool:
    """Whether a decorator hands a function to a library that will call it, as ``@atexit.register`` does.

    Args:
        function: A function of the program.
        index: Its nodes.
    """
    decorators = (part.func if isinstance(part, ast.Call) else part for part in function.decorator_list)
    names = [index.dotted(part) or "" for part in decorators if index.imported(part) is not None]
    return any(name.rpartition(".")[2] not in _PASSIVE_DECORATORS for name in names)


def has_library_base(owner: ast.ClassDef, classes: Mapping[str, ast.ClassDef], index: ProgramIndex) -> bool:
    """Whether a class, or one that it inherits from, has a base that calls methods by itself."""
    return any(_calls_methods(base, index) for one in _family(owner, classes) for base in one.bases)


def _calls_methods(base: ast.expr, index: ProgramIndex) -> bool:
    name = index.imported(base.value if isinstance(base, ast.Subscript) else base)
    return name is not None and not name.startswith(_INERT_BASES)


def _family(owner: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """Returns a class and those of the program that it inherits from."""
    family = [owner]
    for one in family:
        bases = (classes.get(base.id) for base in one.bases if isinstance(base, ast.Name))
        family += [base for base in bases if base is not None and base not in family]
    return family
