"""Truncate long texts."""


def truncate_middle(text: str, length: int) -> str:
    """Remove the middle of a text that is longer than ``length`` characters, and mark the gap."""
    if len(text) <= length:
        return text
    half = length // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"
