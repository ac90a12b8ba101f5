"""Extract the program from a reply: its main code block, joined with the blocks that it depends on."""

from collections.abc import Sequence
from dataclasses import dataclass

from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.names import Names, find_names
from codesteer.replies.program_detection import (
    defined_names,
    has_call_statement,
    is_program,
    is_program_text,
    prints_output,
)
from codesteer.replies.reasoning import strip_reasoning
from codesteer.replies.syntax import Parser

MAX_BLOCKS = 30
"""Maximum number of blocks considered, the last ones of a reply."""


def extract_program(reply: str) -> str | None:
    """Return the program in a reply; None if there is none.

    It is the last complete program that prints, joined with the blocks that it depends on; a later example call or
    sample output does not replace it. A block tagged as Python counts even if it does not parse: the syntax error is
    evidence for the guide.
    """
    whole = normalize_newlines(reply)
    if is_program_text(whole):
        return whole.strip("\n")
    text, parser = strip_reasoning(whole), Parser()
    blocks = [block for block in find_blocks(text, parser) if _may_be_python(block, parser)]
    if blocks:
        return _select_program(blocks[-MAX_BLOCKS:], parser)
    return text.strip("\n") if text != whole and is_program_text(text) else None


def without_fences(text: str) -> str:
    """Return a program that a person typed; remove the fences around it unless it parses with them."""
    if Parser().tree(normalize_newlines(text)) is not None:
        return text
    return extract_program(text) or text


def text_before_code(reply: str) -> str:
    """Return the words before a reply's first code block, stripped; the whole reply if there is none."""
    text = normalize_newlines(reply)
    blocks = find_blocks(text, Parser())
    return (text[: blocks[0].start] if blocks else text).strip()


def contains_program(block: Block, parser: Parser) -> bool:
    """Return whether a block is a program, by its tag or its text."""
    if block.is_python:
        return not block.is_answer
    tree = parser.tree(block.text) if block.is_untagged else None
    return tree is not None and is_program(tree)


def _may_be_python(block: Block, parser: Parser) -> bool:
    """Return whether a block may be a program or a part of one, such as its data."""
    if not block.text.strip() or block.is_answer:
        return False
    return block.is_python or (block.is_untagged and parser.tree(block.text) is not None)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A block that may be the program or a part of it."""

    text: str
    parses: bool
    """Also true if the budget did not allow parsing it."""
    prints: bool
    tagged: bool
    """Its tag says that it is Python."""
    is_program: bool
    """It is a program, not just data."""
    calls_others: bool
    """It calls a function that it does not define."""
    names: Names
    defined: frozenset[str]

    @classmethod
    def of(cls, block: Block, parser: Parser) -> "_Candidate":
        """Analyse a block; assume that it parses if the budget does not allow parsing it."""
        tree, names = parser.tree(block.text), find_names(block.text, parser)
        if tree is None:
            return cls._unparsed(block, skipped=parser.is_skipped(block.text))
        return cls(
            block.text,
            parses=True,
            prints=prints_output(tree),
            tagged=block.is_python,
            is_program=block.is_python or is_program(tree),
            calls_others=has_call_statement(tree) and bool(names.free),
            names=names,
            defined=defined_names(tree),
        )

    @classmethod
    def _unparsed(cls, block: Block, *, skipped: bool) -> "_Candidate":
        return cls(
            block.text,
            parses=skipped,
            prints=skipped and "print" in block.text,
            tagged=block.is_python,
            is_program=block.is_python,
            calls_others=False,
            names=Names(),
            defined=frozenset(),
        )


def _select_program(blocks: Sequence[Block], parser: Parser) -> str | None:
    candidates = [_Candidate.of(block, parser) for block in blocks]
    joined = [
        _join(candidates, index)
        for index in reversed(range(len(candidates)))
        if candidates[index].parses and (candidates[index].is_program or candidates[index].calls_others)
    ]
    programs = [program for program in joined if any(part.is_program for part in program.parts)]
    complete = [program for program in programs if program.complete and not program.is_example]
    joined_parser = Parser()
    for group in (complete, programs):
        if printing := next((program for program in group if program.prints(joined_parser)), None):
            return printing.text
    if programs:
        return programs[0].text
    tagged = [candidate.text.strip("\n") for candidate in candidates if candidate.tagged]
    return tagged[-1] if tagged else None


@dataclass(frozen=True, slots=True)
class _Program:
    """A block with the blocks that it depends on, in their order."""

    parts: Sequence[_Candidate]
    complete: bool
    """It has no free names."""
    is_example: bool
    """It only calls functions of an earlier complete program."""

    @property
    def text(self) -> str:
        """The program's text."""
        return "\n\n".join(part.text.strip("\n") for part in self.parts)

    def prints(self, parser: Parser) -> bool:
        """Return whether the program prints."""
        if any(part.prints for part in self.parts):
            return True
        tree = parser.tree(self.text)
        return tree is not None and prints_output(tree)


def _join(candidates: Sequence[_Candidate], index: int) -> _Program:
    """Join a block with the nearest ones before it, then after it, that bind its free names."""
    main = candidates[index]
    free, used, is_example = set(main.names.free), [], False
    others = [*reversed(range(index)), *range(index + 1, len(candidates))]
    for other in others:
        part = candidates[other]
        provided = free & part.names.bound
        if not provided or (other > index and part.prints):
            continue
        complete = part.prints and not part.names.free
        is_example |= complete and provided <= part.defined and ("<<<" in part.text or "<<<" not in main.text)
        used.append(other)
        free = (free - part.names.bound) | part.names.free
    parts = [candidates[other] for other in [*sorted(used), index]]
    return _Program(parts, complete=not free, is_example=is_example)
