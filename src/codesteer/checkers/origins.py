"""The abstract values of the data flow: where a value comes from, as far as reading the program shows.

A value is a set of bits in an `int`, because one analysis makes thousands of them. Bits about the origin add up
where paths meet; bits about the kind hold only if they hold on every path.
"""

NOTHING = 0
"""None, or a variable that was never set."""

LITERAL = 1
"""Holds a constant that the model wrote down."""
COMPUTED = 2
"""Holds the result of a computation."""
CHOSEN = 4
"""Is one of several values, and a computation decided which."""
GUARDED = 8
"""Is set only if a computed condition holds."""
DATA = 16
"""Is an item of a collection, or comes from outside: a test on it decides something."""
COUNT = 32
"""Steps through a range: a test on it decides something, but taking items by it only lists them."""
MARKED = 64
"""Holds text with the answer marker `<<<`."""
SEALED = 128
"""Holds text with a whole answer, from `<<<` to `>>>`, in one constant."""

TEXT = 256
"""Is a string."""
TRUTH = 512
"""Is True or False."""
COLLECTION = 1024
"""Is a list, tuple, set, dict or iterator."""
TEXT_ITEMS = 2048
"""Is a collection with nothing but strings at the bottom."""
NESTED = 4096
"""Is a collection of collections."""

ORIGINS = LITERAL | COMPUTED | CHOSEN | GUARDED | DATA | COUNT | MARKED | SEALED
KINDS = TEXT | TRUTH | COLLECTION | TEXT_ITEMS | NESTED
DEPENDENT = COMPUTED | CHOSEN
"""Any of these bits: the value depends on computation."""
VARYING = DATA | COUNT
"""Any of these bits: the value is one of many, and a test may select it."""

_DECIDING = DEPENDENT | GUARDED | VARYING


def join(*values: int) -> int:
    """Combines what a value may be on several paths."""
    origins, kinds = NOTHING, KINDS
    for value in values:
        origins |= value & ORIGINS
        kinds &= value
    return origins | kinds if values else NOTHING


def mix(*values: int) -> int:
    """Combines the origins of parts into those of a whole whose kind is not known."""
    origins = NOTHING
    for value in values:
        origins |= value
    return origins & ORIGINS


def decides(value: int) -> bool:
    """Whether a test on this value is a computed condition and not a foregone conclusion."""
    return bool(value & _DECIDING)


def display(items: list[int]) -> int:
    """Makes a collection out of its items."""
    origins, kinds = NOTHING, (TEXT_ITEMS | NESTED if items else NOTHING)
    for item in items:
        origins |= item
        if not item & (TEXT | TEXT_ITEMS):
            kinds &= ~TEXT_ITEMS
        if not item & COLLECTION:
            kinds &= ~NESTED
    return origins & ORIGINS | COLLECTION | kinds


def element(value: int) -> int:
    """Takes one item out of a collection or a string."""
    item = mix(value) | (NOTHING if value & COUNT else DATA)
    if value & NESTED:
        return item | COLLECTION | value & TEXT_ITEMS
    return item | TEXT if value & (TEXT | TEXT_ITEMS) else item


def merge(before: int, after: int, *, decided: bool) -> int:
    """Combines a variable's values from two paths.

    Args:
        before: The value on the one path.
        after: The value on the other.
        decided: A computed condition decides which path is taken.
    """
    value = join(before, after) if before and after else before | after
    if not decided:
        return value
    return value | choice(bool(before & ORIGINS and after & ORIGINS) or bool(value & VARYING))


def choice(among_several: bool) -> int:
    """Returns the bit for a value set under a computed condition."""
    return CHOSEN if among_several else GUARDED


def of_constant(value: object) -> int:
    """Returns the abstract value of a constant in the program."""
    if value is None or value is Ellipsis:
        return NOTHING
    if isinstance(value, bool):
        return LITERAL | TRUTH
    if not isinstance(value, str | bytes):
        return LITERAL
    if not value:
        return TEXT
    return LITERAL | TEXT | (_marks(value) if isinstance(value, str) else NOTHING)


def _marks(text: str) -> int:
    _, opening, rest = text.partition("<<<")
    if not opening:
        return NOTHING
    content, closing, _ = rest.partition(">>>")
    content = content.strip()
    is_gap = not content or content.startswith(("{", "%"))
    return MARKED if is_gap or not closing else MARKED | SEALED
