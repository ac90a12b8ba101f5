"""Reading a model's reply: the program and the answer in it, however untidily they are written."""

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

PYTHON_TAGS = frozenset({"python", "python3", "py", "py3", "tool_code"})
MARKED = re.compile(r"<<<(.*?)>>>", re.DOTALL)
HALF_MARKED = re.compile(r"<<<([^<>\n]+)(?:>{1,2}|$)", re.MULTILINE)
BOXED = "\\boxed{"
THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
FENCE = re.compile(r"^\s*(?P<mark>`{3,}|~{3,})[ \t]*(?P<tag>[\w+.-]*)[ \t]*(?P<rest>.*)$")
MOST_FENCES = 20
"""Closing fences tried for one block, so that a reply full of fences cannot cost minutes."""
MOST_LINES = 40
"""An unmarked output with more lines than this is a log with the answer at its end."""
TAIL, REPEATS = 80, 3
NO_ANSWER = frozenset({"", "None"})
WRITES = frozenset({"print", "write", "pprint"})


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a reply."""

    tag: str
    text: str
    closed: bool


def without_thoughts(text: str) -> str:
    """Drop the reasoning that some models write between ``<think>`` tags; it holds drafts, not the reply."""
    return THOUGHT.sub("", text)


def extract_program(reply: str) -> str | None:
    """Return the program in a reply: the last complete one that prints something, else the best there is.

    Unclosed and nested fences, ``~~~`` and a reply that is nothing but code are understood. A block tagged
    as Python counts even where it does not parse: its syntax error is evidence for the guide.
    """
    text = without_thoughts(reply)
    blocks = [block for block in _blocks(text.splitlines()) if _may_be_python(block)]
    if not blocks:
        return text.strip() if _is_bare_program(text) else None
    whole = [block for block in blocks if _parse(block.text) is not None]
    printing = [block for block in whole if _prints(block.text)]
    tagged = [block for block in blocks if block.tag in PYTHON_TAGS]
    best = (printing or whole or tagged)[-1]
    return best.text.strip("\n") or None


def extract_answer(text: str) -> str | None:
    r"""Return the last answer marked by ``<<<…>>>``, a half-closed mark or ``\boxed{…}``; None without."""
    text = without_thoughts(text)
    for pattern in (MARKED, HALF_MARKED):
        if found := pattern.findall(text):
            return str(found[-1]).strip()
    return _boxed(text)


def output_answer(stdout: str) -> str | None:
    """Return the answer that a program printed: the marked one, else all it printed, else its last line.

    ``None`` printed by a program that found nothing is no answer.
    """
    marked = extract_answer(stdout)
    lines = [line for line in stdout.strip().splitlines() if line.strip()]
    answer = marked if marked is not None else "\n".join(lines if len(lines) <= MOST_LINES else lines[-1:])
    return None if answer.strip("'\"") in NO_ANSWER else answer


def is_repetitive(text: str) -> bool:
    """True if a reply goes round in circles: its end stands in it several times over."""
    tail = text[-TAIL:]
    return len(tail) == TAIL and text.count(tail) >= REPEATS


def _boxed(text: str) -> str | None:
    start = text.rfind(BOXED)
    if start < 0:
        return None
    depth, begin = 1, start + len(BOXED)
    for index in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return text[begin:index].strip()
    return None


def _blocks(lines: list[str]) -> Iterator[Block]:
    index = 0
    while index < len(lines):
        opening = FENCE.match(lines[index])
        index += 1
        if not opening:
            continue
        one_line = _one_line_block(opening)
        if one_line:
            yield one_line
            continue
        block, index = _block_from(lines, index, opening["mark"], opening["tag"].lower())
        yield block


def _one_line_block(opening: re.Match[str]) -> Block | None:
    mark, rest = opening["mark"], opening["rest"].rstrip()
    if not rest.endswith(mark):
        return None
    return Block(opening["tag"].lower(), rest.removesuffix(mark).strip(), closed=True)


def _block_from(lines: list[str], begin: int, mark: str, tag: str) -> tuple[Block, int]:
    """Take lines up to the closing fence; of several possible ones, the first that leaves a program.

    A program may hold fences of its own inside a string: the first closing fence would cut it in two.
    """
    ends = [i for i in range(begin, len(lines)) if _closes(lines[i], mark)]
    for end in ends[:MOST_FENCES] if tag in PYTHON_TAGS else []:
        text = "\n".join(lines[begin:end])
        if _parse(text) is not None:
            return Block(tag, text, closed=True), end + 1
    if ends:
        return Block(tag, "\n".join(lines[begin : ends[0]]), closed=True), ends[0] + 1
    return Block(tag, "\n".join(lines[begin:]), closed=False), len(lines)


def _closes(line: str, mark: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(mark) and set(stripped) == {mark[0]}


def _may_be_python(block: Block) -> bool:
    return block.tag in PYTHON_TAGS or (not block.tag and _is_bare_program(block.text))


def _is_bare_program(text: str) -> bool:
    tree = _parse(text)
    return tree is not None and any(
        isinstance(s, ast.Import | ast.ImportFrom | ast.Assign) for s in tree.body
    )


def _prints(program: str) -> bool:
    tree = _parse(program)
    if tree is None:
        return False
    return any(isinstance(node, ast.Call) and _called(node) in WRITES for node in ast.walk(tree))


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _parse(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
            return None
