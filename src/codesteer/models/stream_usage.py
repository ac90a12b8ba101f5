"""Usage in streams: some endpoints report in every chunk the tokens so far, and LangChain adds the chunks up."""

from langchain_core.messages import AIMessageChunk
from langchain_core.messages.ai import UsageMetadata, add_usage, subtract_usage
from langchain_core.outputs import ChatGenerationChunk


class StreamedUsage:
    """The usage that the chunks of one stream have reported so far."""

    def __init__(self) -> None:
        self._known: UsageMetadata | None = None

    def without_known(self, chunk: ChatGenerationChunk) -> ChatGenerationChunk:
        """Leave in a chunk only the usage that earlier ones did not report, so that the sum is the largest report."""
        message = chunk.message
        if isinstance(message, AIMessageChunk) and message.usage_metadata is not None:
            if self._known is not None:
                message.usage_metadata = subtract_usage(message.usage_metadata, self._known)
            self._known = add_usage(self._known, message.usage_metadata)
        return chunk
