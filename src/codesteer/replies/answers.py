"""The answer in a reply or in a program's output.

What stands in a code block belongs to the program in it: it is no answer in words, even where nobody recognises the
program.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codesteer.replies.answer_marks import find_marked_answer, is_empty_mark, last_bracketed
from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.lines import last_line, nonblank_lines, normalize_newlines
from codesteer.replies.program_detection import is_program_text
from codesteer.replies.programs import contains_program
from codesteer.replies.reasoning import strip_reasoning
from codesteer.replies.syntax import Parser

MAX_LINES = 40
"""An unmarked output with more lines than this is a log with the answer at its end."""
NO_ANSWER = frozenset({"", "None"})
WORDED = frozenset({"text", "txt", "plain", "plaintext", "output", "answer", "result"})
"""Tags of fences that hold words."""
_LEAD_IN = re.compile(
    r"[^\n]{0,300}:|[^\n\d]{0,200}\b(?:program|code|script|snippet|function)\b[^\n\d]{0,200}", re.IGNORECASE
)
"""All that is said beside code, where it is no answer but only announces the code."""
_LOOKS_LIKE_CODE = re.compile(
    r"^[ \t]*+(?:(?:def|class|for|while|if|elif|with|async def)\b[^\n]{0,300}:[ \t]*+$|import \w"
    r"|from \w+ import|return\b|print\s?\(|@\w|#include|try:|else:"
    r"|(?:function|const|let|var|public|private|fn|func|using|package)\b)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """What a reply says in words."""

    marked: str | None
    """The answer that it marks."""
    words: str
    """All of it but thoughts and code; empty where it only leads up to code."""


def parse_reply(reply: str) -> ParsedReply:
    """Read what a reply says, apart from what it thinks and from its programs."""
    text, parser = strip_reasoning(normalize_newlines(reply)), Parser()
    if is_program_text(text):
        return ParsedReply(None, "")
    blocks = find_blocks(text, parser)
    outside = _without(text, blocks)
    if len(blocks) == 1 and not outside.strip() and _is_worded(blocks[0], parser):
        return ParsedReply(find_marked_answer(blocks[0].text), blocks[0].text.strip("\n"))
    boxed = [block.text.strip() for block in blocks if block.is_answer]
    marked = find_marked_answer(outside) or (find_marked_answer(boxed[-1]) if boxed else None)
    code = [block for block in blocks if _is_code(block, parser)]
    words = _without(text, code).strip()
    leads_up = bool(code) and _LEAD_IN.fullmatch(words) is not None
    return ParsedReply(marked, "" if is_empty_mark(words) or leads_up else words)


def extract_answer(reply: str) -> str | None:
    """Return the answer that a reply marks; None without a mark."""
    return parse_reply(reply).marked


def text_answer(reply: str, *, truncated: bool = False) -> str | None:
    """Return a reply's answer in words: the marked one, else all it says; None if it says nothing.

    Args:
        reply: the reply.
        cut_off: it ended at a token limit, so that without a mark the answer may be yet to come.
    """
    said = parse_reply(reply)
    if said.marked is not None:
        return said.marked
    return None if truncated else said.words or None


def output_answer(stdout: str) -> str | None:
    """Return the answer that a program printed: the marked one, else all it printed, else its last line.

    ``None`` printed by a program that found nothing is no answer.
    """
    printed = normalize_newlines(stdout)
    answer = find_marked_answer(printed) or last_bracketed(printed)
    if answer is None:
        lines = nonblank_lines(stdout, MAX_LINES + 1)
        answer = "\n".join(lines).strip() if len(lines) <= MAX_LINES else last_line(stdout)
        answer = "" if is_empty_mark(answer) else answer
    return None if answer.strip("'\"") in NO_ANSWER else answer


def _is_worded(block: Block, parser: Parser) -> bool:
    """True if a block around a whole reply holds words."""
    if not (block.is_unnamed or block.tag in WORDED) or contains_program(block, parser):
        return False
    return not _looks_like_code(block) and "'<<<" not in block.text and '"<<<' not in block.text


def _is_code(block: Block, parser: Parser) -> bool:
    """True if a block is a program or looks like one, whatever its language."""
    if block.is_answer:
        return False
    if block.is_python or contains_program(block, parser) or "<<<" in block.text:
        return True
    return _looks_like_code(block)


def _looks_like_code(block: Block) -> bool:
    return _LOOKS_LIKE_CODE.search(block.text[:20_000]) is not None


def _without(text: str, blocks: Sequence[Block]) -> str:
    kept, at = [], 0
    for block in blocks:
        kept.append(text[at : block.start])
        at = block.end
    return "\n".join([*kept, text[at:]])
