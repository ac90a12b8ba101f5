"""From a guide's name to a guide."""

from langchain_core.runnables import Runnable

from codesteer.guides.chat_model import ChatModelGuide
from codesteer.guides.decision import Guide
from codesteer.guides.rules import RulesGuide
from codesteer.models.completion import Model
from codesteer.models.resolve import resolve_model


def as_guide(given: Guide | Model) -> Guide:
    """Return a guide as it is; a model becomes the mind of one."""
    if isinstance(given, Runnable):
        return ChatModelGuide(given, given.get_name())
    return given


def resolve_guide(name: str, seed: int | None = None, *, public_only: bool = False) -> Guide:
    """Return the guide that a name stands for.

    ``rules``, the name of a model, or ``hf:<path or hub id>`` for a fine-tuned one that runs in this process. Only the
    model behind a guide is costly, and kept: see ``resolve_model``.

    Args:
        name: the guide's name.
        seed: as of ``resolve_model``.
        public_only: as of ``resolve_model``.

    Raises:
        ConfigurationError: unknown name, missing package or key, a folder that holds no model.
    """
    if name == RulesGuide.name:
        return RulesGuide()
    if name.startswith("hf:"):
        from codesteer.guides.fine_tuned import fine_tuned_guide

        return fine_tuned_guide(name)
    return ChatModelGuide(resolve_model(name, seed, public_only=public_only), name)
