"""String rewriting rules over a, b, c, and two strategies for applying a list of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """A rewriting rule: a condition and its effect."""

    words: str
    apply: Callable[[str], str | None]
    """Returns the changed string; None if the condition does not hold."""


def run_first_applicable(start: str, rules: Sequence[Rule], limit: int) -> list[str] | None:
    """Return all states if each step applies the first rule that applies; None beyond the limit."""
    states = [start]
    while len(states) <= limit:
        changed = next((new for rule in rules if (new := rule.apply(states[-1])) is not None), None)
        if changed is None:
            return states
        states.append(changed)
    return None


def run_round_robin(start: str, rules: Sequence[Rule], limit: int) -> list[str] | None:
    """Return all states if each pass tries every rule once, in order; None beyond the limit."""
    states = [start]
    while len(states) <= limit:
        before = len(states)
        for rule in rules:
            changed = rule.apply(states[-1])
            if changed is not None:
                states.append(changed)
        if len(states) == before:
            return states
    return None


def _prefix(old: str, new: str, back: str = "", chop: bool = False) -> Rule:
    words = [f"If the string begins with {old}, " + (f"replace that by {new}" if new else "remove that")]
    words += [f"append {back} at the end"] * bool(back) + ["then delete the last character"] * chop

    def apply(string: str) -> str | None:
        if not string.startswith(old):
            return None
        string = new + string[len(old) :] + back
        return string[:-1] if chop else string

    return Rule(" and ".join(words) + ".", apply)


def _suffix(old: str, new: str, front: str = "") -> Rule:
    words = [f"If the string ends with {old}, " + (f"replace that by {new}" if new else "remove that")]
    words += [f"put {front} in front of the string"] * bool(front)

    def apply(string: str) -> str | None:
        return f"{front}{string[: -len(old)]}{new}" if string.endswith(old) else None

    return Rule(" and ".join(words) + ".", apply)


def _first(old: str, new: str) -> Rule:
    action = f"replace its first occurrence by {new}" if new else "delete its first occurrence"
    return Rule(
        f"If the string contains {old}, {action}.",
        lambda string: string.replace(old, new, 1) if old in string else None,
    )


def _later(old: str) -> Rule:
    def apply(string: str) -> str | None:
        at = string.find(old, 1)
        return None if at < 0 else string[:at] + string[at + len(old) :]

    words = f"If {old} occurs beginning at the second character or later, delete the first such occurrence."
    return Rule(words, apply)


def _even(string: str) -> str | None:
    count = string.count("b")
    return f"{string}ab" if count and count % 2 == 0 else None


def _long(string: str) -> str | None:
    middle = len(string) // 2
    return string[:middle] + string[middle + 1 :] if len(string) > 15 else None


POOL: Final[dict[str, Rule]] = {
    **{
        f"prefix {rule[0]}": _prefix(*rule)
        for rule in (
            ("ab", "ca"),
            ("bc", "", "aa"),
            ("ca", "bb", "c"),
            ("aa", "a"),
            ("cc", ""),
            ("bb", "b"),
            ("ac", "zz"),
        )
    },
    "prefix cb": _prefix("cb", "aa", chop=True),
    **{
        f"suffix {rule[0]}": _suffix(*rule)
        for rule in (("ac", "cb"), ("bb", ""), ("cc", "b", "a"), ("ba", "ab"), ("ca", "c"), ("aa", "cc"))
    },
    **{f"first {old}": _first(old, new) for old, new in (("abc", "cab"), ("bca", ""), ("acb", "bca"))},
    "later ca": _later("ca"),
    "even": Rule("If the number of b in the string is even and not zero, append ab at the end.", _even),
    "long": Rule(
        "If the string has more than 15 characters, delete the one at position n // 2, where n is the "
        "length and the first position is 0.",
        _long,
    ),
}
"""The rules by name."""
