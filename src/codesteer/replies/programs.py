"""Extract the program from a reply: its main code block, joined with the blocks that it depends on."""

from collections.abc import Sequence
from dataclasses import dataclass

from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.code_normalization import is_commands_only
from codesteer.replies.lines import normalize_newlines
from codesteer.replies.names import Names, find_names
from codesteer.replies.program_detection import (
    contains_mark,
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

    It is the last complete program that prints the answer mark, or else that prints, joined with the blocks that it
    depends on; a later example, test or sample output does not replace it. A block tagged as Python counts even if it
    does not parse: the syntax error is evidence for the guide.
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
    if block.is_answer or is_commands_only(block.text):
        return False
    return block.is_python or (block.is_untagged and parser.tree(block.text) is not None)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A block that may be the program or a part of it."""

    text: str
    parses: bool
    """Also true if the budget did not allow parsing it."""
    prints: bool
    has_mark: bool
    """Its strings contain the answer mark."""
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
            has_mark=contains_mark(tree),
            tagged=block.is_python,
            is_program=block.is_python or is_program(tree),
            calls_others=has_call_statement(tree) and bool(names.missing),
            names=names,
            defined=defined_names(tree),
        )

    @classmethod
    def _unparsed(cls, block: Block, *, skipped: bool) -> "_Candidate":
        return cls(
            block.text,
            parses=skipped,
            prints=skipped and "print" in block.text,
            has_mark="<<<" in block.text,
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
        printing = [program for program in group if program.prints(joined_parser)]
        marking = [program for program in printing if program.has_mark]
        if best := next(iter(marking or printing), None):
            return best.text
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
    """It only uses an earlier complete program, such as its functions."""

    @property
    def has_mark(self) -> bool:
        """Its strings contain the answer mark."""
        return any(part.has_mark for part in self.parts)

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
    """Join a block with the nearest ones before it, then after it, that bind its free names.

    An import of all names of a module binds those that no other block does.
    """
    main = candidates[index]
    free, used, is_example = set(main.names.free), [], False
    others = [*reversed(range(index)), *range(index + 1, len(candidates))]
    for other in others:
        part = candidates[other]
        provided = free & part.names.bound
        is_draft = main.names.binds_others and not provided & part.defined
        if not provided or (part.prints and (other > index or is_draft)):
            continue
        if part.prints and not part.names.missing:
            is_example |= _is_use(main, part, provided)
        used.append(other)
        free = (free - part.names.bound) | part.names.free
    binds_others = main.names.binds_others or any(candidates[other].names.binds_others for other in used)
    if free and not binds_others:
        imports = [other for other in range(index) if candidates[other].names.binds_others]
        used, binds_others = [*used, *imports], bool(imports)
        is_example |= any(
            candidates[other].prints and _is_use(main, candidates[other], free) for other in imports
        )
    parts = [candidates[other] for other in [*sorted(used), index]]
    return _Program(parts, complete=not free or binds_others, is_example=is_example)


def _is_use(main: _Candidate, program: _Candidate, provided: frozenset[str] | set[str]) -> bool:
    """Return whether a block only uses an earlier complete program, which still gives the answer."""
    if program.has_mark:
        return not main.has_mark or provided <= program.defined
    return provided <= program.defined and not main.has_mark
