"""Extract the answer from a reply or from a program's output.

Code is never an answer, even if its program is not recognised. A block of text or data may contain the marked answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codesteer.replies.answer_marks import find_marked_answer, is_empty_mark, last_bracketed
from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.code_lines import looks_like_code
from codesteer.replies.code_normalization import is_marked_answer
from codesteer.replies.languages import DATA, TEXT
from codesteer.replies.lines import (
    last_nonblank_line,
    nonblank_lines,
    normalize_newlines,
    strip_terminal_codes,
)
from codesteer.replies.program_detection import is_program_text
from codesteer.replies.programs import contains_program
from codesteer.replies.reasoning import strip_reasoning
from codesteer.replies.syntax import Parser

MAX_LINES = 40
"""Longer unmarked output is treated as a log with the answer in its last line."""
NO_ANSWER = frozenset({"", "None"})
_INTRODUCTION = re.compile(
    r"[^\n]{0,300}:|[^\n\d]{0,200}\b(?:program|code|script|snippet|function)\b[^\n\d]{0,200}", re.IGNORECASE
)
"""Text beside code that only introduces it."""


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """A reply without reasoning and code."""

    marked_answer: str | None
    text: str
    """The prose; empty if it only introduces code."""


def parse_reply(reply: str) -> ParsedReply:
    """Separate a reply's marked answer and prose from its reasoning and code."""
    text, parser = strip_reasoning(normalize_newlines(reply)), Parser()
    if is_program_text(text):
        return ParsedReply(None, "")
    blocks = find_blocks(text, parser)
    outside = _remove_blocks(text, blocks)
    if len(blocks) == 1 and not outside.strip() and _is_text_block(blocks[0], parser):
        return ParsedReply(find_marked_answer(blocks[0].text), blocks[0].text.strip("\n"))
    marked = find_marked_answer(outside) or _marked_in_blocks(blocks, parser)
    code = [block for block in blocks if _is_code(block, parser)]
    prose = _remove_blocks(text, code).strip()
    is_introduction = bool(code) and _INTRODUCTION.fullmatch(prose) is not None
    return ParsedReply(marked, "" if is_empty_mark(prose) or is_introduction else prose)


def extract_answer(reply: str) -> str | None:
    """Return a reply's marked answer; None without one."""
    return parse_reply(reply).marked_answer


def text_answer(reply: str, *, truncated: bool = False) -> str | None:
    """Return a reply's answer: the marked one, or else its prose; None if there is neither.

    Args:
        reply: the reply.
        truncated: the reply lacks its end, so its prose may lack the answer, and a mark at its end a part of it.
    """
    parsed = parse_reply(reply)
    marked = parsed.marked_answer
    if truncated:
        is_whole = marked == parse_reply(f"{reply}0").marked_answer
        return marked if is_whole else None
    return parsed.text or None if marked is None else marked


def output_answer(stdout: str) -> str | None:
    """Return the answer in a program's output: the marked one, the whole output, or the last line of a long one.

    A printed ``None`` is not an answer.
    """
    output = _plain(stdout)
    answer = find_marked_answer(output) or last_bracketed(output)
    if answer is None:
        lines = nonblank_lines(output, MAX_LINES + 1)
        answer = "\n".join(lines).strip() if len(lines) <= MAX_LINES else last_nonblank_line(output)
        answer = "" if is_empty_mark(answer) else answer
    return _unless_none(answer)


def marked_output(stdout: str) -> str | None:
    """Return the marked answer in the output of a program that did not run to its end; None without one."""
    return _unless_none(find_marked_answer(_plain(stdout)) or "")


def _plain(stdout: str) -> str:
    return normalize_newlines(strip_terminal_codes(stdout))


def _unless_none(answer: str) -> str | None:
    return None if answer.strip("'\"") in NO_ANSWER else answer


def _marked_in_blocks(blocks: Sequence[Block], parser: Parser) -> str | None:
    """Return the last answer marked in a block of text or data."""
    for block in reversed(blocks):
        if block.is_answer or _may_state_answer(block, parser):
            text = block.text if is_marked_answer(block.text) else block.raw
            if (answer := find_marked_answer(text)) is not None:
                return answer
    return None


def _may_state_answer(block: Block, parser: Parser) -> bool:
    if not (block.is_untagged or block.tag in TEXT | DATA):
        return False
    return not contains_program(block, parser) and not looks_like_code(block.text, is_text=block.tag in TEXT)


def _is_text_block(block: Block, parser: Parser) -> bool:
    """Return whether a block around a whole reply contains text instead of code."""
    if not (block.is_untagged or block.tag in TEXT) or contains_program(block, parser):
        return False
    is_code = looks_like_code(block.text, is_text=block.tag in TEXT)
    return not is_code and "'<<<" not in block.text and '"<<<' not in block.text


def _is_code(block: Block, parser: Parser) -> bool:
    """Return whether a block is code in any language."""
    if block.is_answer:
        return False
    if block.is_python or contains_program(block, parser) or "<<<" in block.text:
        return True
    return looks_like_code(block.text, is_text=block.tag in TEXT)


def _remove_blocks(text: str, blocks: Sequence[Block]) -> str:
    parts, position = [], 0
    for block in blocks:
        parts.append(text[position : block.start])
        position = block.end
    return "\n".join([*parts, text[position:]])
