"""Guides that are fine-tuned models running in this process: ``hf:<path or hub id>``."""

from codesteer.errors import ConfigurationError
from codesteer.files import user_path
from codesteer.guides.chat_model import NATIVE_FORMAT, ChatModelGuide
from codesteer.guides.choices import LABELS
from codesteer.guides.classifying import ClassifyingGuide
from codesteer.guides.port import Guide
from codesteer.guides.prompt_format import PromptFormat
from codesteer.guides.published import PUBLISHED_FORMAT, REPOSITORY
from codesteer.models.adapters import ModelMetadata, read_metadata
from codesteer.models.address import IN_PROCESS_PREFIX
from codesteer.models.classifier import load_classifier
from codesteer.models.in_process import load_in_process

PROMPT_FORMATS = {known.name: known for known in (NATIVE_FORMAT, PUBLISHED_FORMAT)}


def fine_tuned_guide(name: str) -> Guide:
    """Load the guide with this name: one that writes, or a classifier.

    ``hf:PATH`` is a folder with an adapter or a whole model, ``hf:OWNER/NAME`` a repository on the Hugging Face hub.
    The model's metadata names the prompt format that it was trained on. The suffix ``#codesteer-v1`` selects the
    published format, which is also the default for the published repository.

    Raises:
        ConfigurationError: no such model, no chat template, an adapter for another base, an unknown format, or a
            classifier with other choices.
        ModelError: the model does not fit into memory.
    """
    location, _, format_name = name.removeprefix(IN_PROCESS_PREFIX).partition("#")
    if not location:
        raise ConfigurationError("hf: needs a folder or a hub id, for example hf:runs/guide")
    metadata = read_metadata(user_path(location))
    if metadata is not None and metadata.labels:
        return _classifying_guide(location, name, metadata.labels)
    return ChatModelGuide(load_in_process(location), name, _prompt_format(location, format_name, metadata))


def _classifying_guide(location: str, name: str, labels: tuple[str, ...]) -> ClassifyingGuide:
    if unknown := set(labels) - set(LABELS):
        raise ConfigurationError(
            f"{location} is a classifier with other labels ({', '.join(sorted(unknown))}); train it again"
        )
    return ClassifyingGuide(load_classifier(location), name)


def _prompt_format(location: str, format_name: str, metadata: ModelMetadata | None) -> PromptFormat:
    format_name = format_name or _trained_format(location, metadata)
    if format_name not in PROMPT_FORMATS:
        known = ", ".join(PROMPT_FORMATS)
        raise ConfigurationError(f"there is no prompt format {format_name!r}; choose one of {known}")
    return PROMPT_FORMATS[format_name]


def _trained_format(location: str, metadata: ModelMetadata | None) -> str:
    if metadata is not None:
        return metadata.dialect
    return PUBLISHED_FORMAT.name if location == REPOSITORY else NATIVE_FORMAT.name
