"""The answer in a reply or in a program's output.

What stands in a code block belongs to the program in it: it is no answer in words, even where nobody recognises the
program.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codesteer.replies.blocks import Block, find_blocks
from codesteer.replies.lines import last_line, with_line_feeds, written_lines
from codesteer.replies.marks import find_mark, is_bare_mark, last_bracketed
from codesteer.replies.programs import holds_program
from codesteer.replies.running import is_bare_program
from codesteer.replies.syntax import Parser
from codesteer.replies.thoughts import without_thoughts

MOST_LINES = 40
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
class Speech:
    """What a reply says in words."""

    marked: str | None
    """The answer that it marks."""
    words: str
    """All of it but thoughts and code; empty where it only leads up to code."""


def speech(reply: str) -> Speech:
    """Read what a reply says, apart from what it thinks and from its programs."""
    text, parser = without_thoughts(with_line_feeds(reply)), Parser()
    if is_bare_program(text):
        return Speech(None, "")
    blocks = find_blocks(text, parser)
    outside = _without(text, blocks)
    if len(blocks) == 1 and not outside.strip() and _is_worded(blocks[0], parser):
        return Speech(find_mark(blocks[0].text), blocks[0].text.strip("\n"))
    boxed = [block.text.strip() for block in blocks if block.is_answer]
    marked = find_mark(outside) or (find_mark(boxed[-1]) if boxed else None)
    code = [block for block in blocks if _is_code(block, parser)]
    words = _without(text, code).strip()
    leads_up = bool(code) and _LEAD_IN.fullmatch(words) is not None
    return Speech(marked, "" if is_bare_mark(words) or leads_up else words)


def extract_answer(reply: str) -> str | None:
    """Return the answer that a reply marks; None without a mark."""
    return speech(reply).marked


def text_answer(reply: str, *, cut_off: bool = False) -> str | None:
    """Return a reply's answer in words: the marked one, else all it says; None if it says nothing.

    Args:
        reply: the reply.
        cut_off: it ended at a token limit, so that without a mark the answer may be yet to come.
    """
    said = speech(reply)
    if said.marked is not None:
        return said.marked
    return None if cut_off else said.words or None


def output_answer(stdout: str) -> str | None:
    """Return the answer that a program printed: the marked one, else all it printed, else its last line.

    ``None`` printed by a program that found nothing is no answer.
    """
    printed = with_line_feeds(stdout)
    answer = find_mark(printed) or last_bracketed(printed)
    if answer is None:
        lines = written_lines(stdout, MOST_LINES + 1)
        answer = "\n".join(lines).strip() if len(lines) <= MOST_LINES else last_line(stdout)
        answer = "" if is_bare_mark(answer) else answer
    return None if answer.strip("'\"") in NO_ANSWER else answer


def _is_worded(block: Block, parser: Parser) -> bool:
    """True if a block around a whole reply holds words."""
    if not (block.is_unnamed or block.tag in WORDED) or holds_program(block, parser):
        return False
    return not _looks_like_code(block) and "'<<<" not in block.text and '"<<<' not in block.text


def _is_code(block: Block, parser: Parser) -> bool:
    """True if a block is a program or looks like one, whatever its language."""
    if block.is_answer:
        return False
    if block.is_python or holds_program(block, parser) or "<<<" in block.text:
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
