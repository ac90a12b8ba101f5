"""Files that come with questions: blocks of their messages, which programs find in their working directory."""

import base64
import binascii
import codecs
import mimetypes
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage

from codesteer.errors import ConfigurationError
from codesteer.graph.history import history_messages
from codesteer.graph.state import FILE_BLOCKS, State, bare_question, question_message
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

    Raises:
        ConfigurationError: a file has no content here or no usable name, or they are too many or too large.
    """
    files = dict(_files_of_settings(state.get("settings", {})))
    for message in (*history_messages(state), question_message(state)):
        own = files_of(message)
        counts = Counter(file.name for file in own)
        if repeated := sorted(name for name, count in counts.items() if count > 1):
            raise ConfigurationError(f"two files of one message are called {', '.join(repeated)}; rename one")
        files |= {file.name: file.data for file in own}
    _require_size(files)
    return files


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


def files_of(message: BaseMessage) -> list[InputFile]:
    """Return the files in a message of the user; raises ConfigurationError as ``input_files`` does."""
    if not isinstance(message, HumanMessage) or isinstance(message.content, str):
        return []
    blocks = [block for block in message.content_blocks if block["type"] in FILE_BLOCKS]
    return [_read_file(block, number) for number, block in enumerate(blocks, 1)]


def question_text(state: State) -> str:
    """Return the question as models see it: its text, and what there is to know about its files."""
    return with_files(bare_question(state), input_files(state))


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


def _read_file(block: Mapping[str, Any], number: int) -> InputFile:
    name = _name(block, number)
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


def _name(block: Mapping[str, Any], number: int) -> str:
    """Return a file's name, wherever the block has it; for a file without one a name by its number and type."""
    extras = block.get("extras") or {}
    places = (block.get("filename"), extras.get("filename"), extras.get("name"), block.get("title"))
    name = next((place for place in places if place), None)
    if name is None:
        return f"file{number}{mimetypes.guess_extension(str(block.get('mime_type', ''))) or ''}"
    return _usable(name)


def _usable(name: Any) -> str:
    """Return a file's name; raises ConfigurationError if it would not be safe."""
    if not isinstance(name, str) or not NAME.fullmatch(name) or name.endswith((".", " ")):
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
