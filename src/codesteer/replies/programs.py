"""The program in a reply: the block that counts, with the other blocks that it needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.names import Names, find_names
from codesteer.replies.program_detection import calls, defined, is_program, is_program_text, prints_output
from codesteer.replies.reasoning import strip_reasoning
from codesteer.replies.syntax import Parser

MAX_BLOCKS = 30
"""Blocks of one reply that can be its program: the last ones."""


def extract_program(reply: str) -> str | None:
    """Return the program in a reply; None if it holds none.

    The last complete program that prints counts, joined with the blocks that it needs; an example call behind it or
    its sample output does not replace it. A block that says it is Python counts even where it does not parse: its
    syntax error is evidence for the guide.
    """
    whole = normalize_newlines(reply)
    if is_program_text(whole):
        return whole.strip("\n")
    text, parser = strip_reasoning(whole), Parser()
    blocks = [block for block in find_blocks(text, parser) if _may_be_python(block, parser)]
    if blocks:
        return _chosen(blocks[-MAX_BLOCKS:], parser)
    return text.strip("\n") if text != whole and is_program_text(text) else None


def without_fences(text: str) -> str:
    """Return the program that a person typed: as it stands if it parses, else without the fences around it."""
    if Parser().tree(normalize_newlines(text)) is not None:
        return text
    return extract_program(text) or text


def contains_program(block: Block, parser: Parser) -> bool:
    """True if a block is a program by its container or by its text."""
    if block.is_python:
        return not block.is_answer
    tree = parser.tree(block.text) if block.is_unnamed else None
    return tree is not None and is_program(tree)


def _may_be_python(block: Block, parser: Parser) -> bool:
    """True for a program and for the parts that one may need, such as its data."""
    if not block.text.strip() or block.is_answer:
        return False
    return block.is_python or (block.is_unnamed and parser.tree(block.text) is not None)


@dataclass(frozen=True, slots=True)
class _Part:
    """A block as a candidate."""

    text: str
    whole: bool
    """It parses, as far as is known."""
    prints: bool
    named: bool
    """Its container says that it is Python."""
    runs: bool
    """It is a program, not mere data."""
    calls: bool
    """It calls what it does not define."""
    names: Names
    defined: frozenset[str]

    @classmethod
    def of(cls, block: Block, parser: Parser) -> "_Part":
        """Read a block; one that there was no time to parse is taken for whole."""
        tree, names = parser.tree(block.text), find_names(block.text, parser)
        if tree is None:
            return cls._unparsed(block, unread=parser.unread(block.text))
        return cls(
            block.text,
            whole=True,
            prints=prints_output(tree),
            named=block.is_python,
            runs=block.is_python or is_program(tree),
            calls=calls(tree) and bool(names.needed),
            names=names,
            defined=defined(tree),
        )

    @classmethod
    def _unparsed(cls, block: Block, *, unread: bool) -> "_Part":
        return cls(
            block.text,
            whole=unread,
            prints=unread and "print" in block.text,
            named=block.is_python,
            runs=block.is_python,
            calls=False,
            names=Names(),
            defined=frozenset(),
        )


def _chosen(blocks: Sequence[Block], parser: Parser) -> str | None:
    parts = [_Part.of(block, parser) for block in blocks]
    joins = {
        index: _join(parts, index)
        for index in reversed(range(len(parts)))
        if parts[index].whole and (parts[index].runs or parts[index].calls)
    }
    whole = [join for join in joins.values() if any(part.runs for part in join.parts)]
    complete = [join for join in whole if join.complete and not join.is_example]
    join_continuation = Parser()
    for candidates in (complete, whole):
        if printing := next((join for join in candidates if join.prints(join_continuation)), None):
            return printing.text
    if whole:
        return whole[0].text
    named = [part.text.strip("\n") for part in parts if part.named]
    return named[-1] if named else None


@dataclass(frozen=True, slots=True)
class _Join:
    """A block with those that it needs, in the order in which they run."""

    parts: Sequence[_Part]
    complete: bool
    """Nothing that it uses is undefined."""
    is_example: bool
    """It only calls what a complete program before it defines."""

    @property
    def text(self) -> str:
        """The program."""
        return "\n\n".join(part.text.strip("\n") for part in self.parts)

    def prints(self, parser: Parser) -> bool:
        """True if the program prints when it runs."""
        if any(part.prints for part in self.parts):
            return True
        tree = parser.tree(self.text)
        return tree is not None and prints_output(tree)


def _join(parts: Sequence[_Part], index: int) -> _Join:
    """Join a block with the nearest ones before it, else behind it, that define what it needs."""
    main = parts[index]
    needed, taken, is_example = set(main.names.needed), [index], False
    others = [*reversed(range(index)), *range(index + 1, len(parts))]
    for other in others:
        part = parts[other]
        helps = needed & part.names.bound
        if not helps or (other > index and part.prints):
            continue
        complete = part.prints and not part.names.needed
        is_example |= complete and helps <= part.defined and ("<<<" in part.text or "<<<" not in main.text)
        taken.append(other)
        needed = (needed - part.names.bound) | part.names.needed
    before = sorted(taken[1:])
    return _Join([parts[other] for other in [*before, index]], complete=not needed, is_example=is_example)
