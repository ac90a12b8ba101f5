"""From a model name to a chat model; the embedded local model."""
