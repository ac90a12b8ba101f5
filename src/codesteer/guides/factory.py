"""Create guides from names and models."""

from langchain_core.runnables import Runnable

from codesteer.errors import ConfigurationError
from codesteer.guides.chat_model import ChatModelGuide
from codesteer.guides.port import Guide
from codesteer.guides.rules import RulesGuide
from codesteer.models.address import IN_PROCESS_PREFIX
from codesteer.models.completion import Model
from codesteer.models.endpoint import is_endpoint
from codesteer.models.resolve import NAME_HINT, resolve_model


def as_guide(guide: Guide | Model) -> Guide:
    """Wrap a model in a guide; return a guide unchanged."""
    if isinstance(guide, Runnable):
        return ChatModelGuide(guide, guide.get_name())
    return guide


def resolve_guide(name: str, seed: int | None = None, *, public_only: bool = False) -> Guide:
    """Return the guide with this name.

    A name is ``rules``, a model name, or ``hf:<path or hub id>`` for a fine-tuned guide that runs in this process. Only
    the model behind a guide is expensive to create; ``resolve_model`` caches it.

    Args:
        name: the guide's name.
        seed: see ``resolve_model``.
        public_only: see ``resolve_model``.

    Raises:
        ConfigurationError: unknown name, missing package or key, or a folder without a model.
    """
    if name == RulesGuide.name:
        return RulesGuide()
    if name.startswith(IN_PROCESS_PREFIX):
        from codesteer.guides.fine_tuned import fine_tuned_guide

        return fine_tuned_guide(name)
    if not (is_endpoint(name) or ":" in name):
        raise ConfigurationError(
            f"unknown guide {name!r}; give 'rules' (no model), 'hf:PATH' for a trained guide, or a model: {NAME_HINT}"
        )
    return ChatModelGuide(resolve_model(name, seed, public_only=public_only), name)
