"""Files that come with questions: blocks of their messages, which programs find in their working directory."""

import base64
import binascii
import codecs
import mimetypes
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import PurePath
from typing import Any, TypeGuard

from langchain_core.messages import BaseMessage, HumanMessage

from codesteer.errors import ConfigurationError
from codesteer.graph.history import findings, history_messages
from codesteer.graph.state import FILE_BLOCKS, State, bare_question, content_blocks, question_message
from codesteer.prompts.loader import render

MAX_FILES = 20
MAX_BYTES = 8 * 2**20
"""Maximum size of all files of a thread together: they are part of its state."""
PREVIEW_LINES, PREVIEW_CHARACTERS = 5, 500
NAME = re.compile(r"[\w][\w .,()@+=~-]{0,99}")
"""Names that are safe as file names on every system, in programs and in prompts."""
DATA_ADDRESS = re.compile(r"data:[\w.+/-]{0,100};base64,")
"""The beginning of a ``data:`` address, which carries content that is no text."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that comes with a question."""

    name: str
    data: bytes

    def block(self) -> dict[str, Any]:
        """Return the content block of a message that carries the file."""
        mime_type = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        content = base64.b64encode(self.data).decode()
        return {"type": "file", "base64": content, "mime_type": mime_type, "extras": {"filename": self.name}}


def input_files(state: State) -> dict[str, bytes]:
    """Return the files of the settings, then of the messages up to the question; a later one replaces an earlier one.

    The files of an earlier message that cannot be used are left out: that question was refused, not this one.

    Raises:
        ConfigurationError: a file of the question or the settings has no content here or no usable name, or they are
            too many or too large.
    """
    files = dict(_files_of_settings(state.get("settings", {})))
    for message in history_messages(state):
        with suppress(ConfigurationError):
            files = _with_files_of(message, files)
    return _with_files_of(question_message(state), files)


def _with_files_of(message: BaseMessage, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Add a message's files to those before it."""
    own = files_of(message, files)
    uses = Counter(file.name for file in own)
    if repeated := sorted(name for name, number in uses.items() if number > 1):
        raise ConfigurationError(f"two files of one message are called {', '.join(repeated)}; rename one")
    together = {**files, **{file.name: file.data for file in own}}
    _require_size(together)
    return together


def _require_size(files: Mapping[str, bytes]) -> None:
    """Check the number and the size of all files together."""
    if len(files) > MAX_FILES:
        raise ConfigurationError(
            f"there are {len(files)} files, and at most {MAX_FILES} are possible on one thread"
        )
    if (size := sum(map(len, files.values()))) > MAX_BYTES:
        raise ConfigurationError(
            f"the files have {size:,} bytes together, and at most {MAX_BYTES:,} are possible on one thread"
        )


def files_of(message: BaseMessage, names_before: Iterable[str] = ()) -> list[InputFile]:
    """Return the files in a message of the user.

    Args:
        message: the message.
        names_before: names of the thread that a file without one does not get.

    Raises:
        ConfigurationError: a file has no content here or no usable name.
    """
    if not isinstance(message, HumanMessage) or isinstance(message.content, str):
        return []
    blocks = [block for block in content_blocks(message) if block["type"] in FILE_BLOCKS]
    names = [_given_name(block) for block in blocks]
    taken = {*names_before, *filter(None, names)}
    for place, block in enumerate(blocks):
        names[place] = names[place] or _free_name(block, taken)
        taken.add(names[place])
    return [_read_file(block, name) for block, name in zip(blocks, names, strict=True)]


def question_text(state: State) -> str:
    """Return the question as models see it: its text, what earlier steps found for it, and its files."""
    question, found = bare_question(state), findings(state)
    if found:
        question = f"{question}\n\n{render('task/findings', findings=found)}"
    return with_files(question, input_files(state))


def with_files(text: str, files: Mapping[str, bytes]) -> str:
    """Add to a question's text the names, sizes and first lines of its files."""
    if not files:
        return text
    return f"{text}\n\n{render('task/files', files=describe_files(files))}"


def describe_files(files: Mapping[str, bytes]) -> str:
    """Return a description of files: names, sizes, and the first lines of those that are text."""
    return "\n".join(_describe(name, data) for name, data in files.items())


def _describe(name: str, data: bytes) -> str:
    head = f"- {name} ({len(data):,} bytes)"
    lines = list(_preview(data))
    return "\n".join([f"{head}, which begins with:" if lines else head, *(f"    {line}" for line in lines)])


def _preview(data: bytes) -> Iterable[str]:
    """Return the first lines of a text; nothing for other data."""
    decoder = codecs.getincrementaldecoder("utf-8")()  # the cut may be within a character
    try:
        text = decoder.decode(data[: 4 * PREVIEW_CHARACTERS])
    except UnicodeDecodeError:
        return []
    return [] if "\0" in text else text[:PREVIEW_CHARACTERS].splitlines()[:PREVIEW_LINES]


def _read_file(block: Mapping[str, Any], name: str) -> InputFile:
    if block["type"] == "text-plain" and isinstance(block.get("text"), str):
        return InputFile(name, block["text"].encode(errors="replace"))
    if not isinstance(block.get("base64"), str):
        raise ConfigurationError(
            f"the file {name} has no content; send it as base64, not as an address or id"
        )
    return InputFile(name, _decoded(block["base64"], name))


def _files_of_settings(settings: Mapping[str, Any]) -> Iterable[tuple[str, bytes]]:
    """Return the files of ``Context.files``."""
    for name, content in settings.get("files", {}).items():
        address = DATA_ADDRESS.match(content)
        data = _decoded(content[address.end() :], name) if address else content.encode(errors="replace")
        yield _usable(name), data


def _given_name(block: Mapping[str, Any]) -> str:
    """Return a file's name, wherever the block has it; empty without one. A title counts if it can be a name."""
    extras = block["extras"] if isinstance(block.get("extras"), Mapping) else {}
    names = (block.get("filename"), extras.get("filename"), extras.get("name"))
    if name := next(filter(None, names), None):
        return _usable(name)
    titles = (block.get("title"), extras.get("title"))
    return next((title for title in titles if _is_usable(title)), "")


def _free_name(block: Mapping[str, Any], taken: Collection[str]) -> str:
    """Return a name by the file's type and the first number that no other file has."""
    stems = {PurePath(name).stem for name in taken}
    stem = next(stem for number in count(1) if (stem := f"file{number}") not in stems)
    return f"{stem}{mimetypes.guess_extension(str(block.get('mime_type', ''))) or ''}"


def _is_usable(name: Any) -> TypeGuard[str]:
    return isinstance(name, str) and bool(NAME.fullmatch(name)) and not name.endswith((".", " "))


def _usable(name: Any) -> str:
    """Return a file's name; raises ConfigurationError if it would not be safe."""
    if not _is_usable(name):
        raise ConfigurationError(
            f"{str(name)[:120]!r} is no usable file name; use letters, digits and . _ - without folders"
        )
    return name


@lru_cache(maxsize=MAX_FILES)
def _decoded(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError(f"the file {name} is not valid base64: {error}") from error
