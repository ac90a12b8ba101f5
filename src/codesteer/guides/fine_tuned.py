"""A guide that is a fine-tuned model in this process: ``hf:<path or hub id>``."""

from codesteer.errors import ConfigurationError
from codesteer.files import user_path
from codesteer.guides.chat_model import NATIVE, ChatModelGuide
from codesteer.guides.dialect import Dialect
from codesteer.guides.published import PUBLISHED, REPOSITORY
from codesteer.models.adapters import read_metadata
from codesteer.models.in_process import load_in_process

DIALECTS = {dialect.name: dialect for dialect in (NATIVE, PUBLISHED)}


def fine_tuned_guide(name: str) -> ChatModelGuide:
    """Load the guide that a name stands for.

    ``hf:PATH`` is an adapter or a whole model in a folder, ``hf:OWNER/NAME`` one of the Hugging Face hub. The prompt
    format is the one that the model was trained on: its note says which, ``#codesteer-v1`` behind the name asks for
    the published one, which the published repository has anyway.

    Raises:
        ConfigurationError: no such model, no chat template, an adapter of another base, an unknown format.
        ModelError: the model does not fit into memory.
    """
    place, _, format_ = name.removeprefix("hf:").partition("#")
    if not place:
        raise ConfigurationError("hf: needs a folder or a hub id behind it, for example hf:runs/guide")
    return ChatModelGuide(load_in_process(place), name, _dialect(place, format_))


def _dialect(place: str, format_: str) -> Dialect:
    if not format_:
        note = read_metadata(user_path(place))
        format_ = note.dialect if note else PUBLISHED.name if place == REPOSITORY else NATIVE.name
    if format_ not in DIALECTS:
        raise ConfigurationError(f"there is no prompt format {format_!r}; there are: {', '.join(DIALECTS)}")
    return DIALECTS[format_]
