"""Recognise the units that follow a number."""

import re
from typing import Final

UNITS: Final = (
    r"(?:square|cubic|sq|cu|units?|degrees?|percent|dollars?|cents?|euros?|ways?|times|people|points?"
    r"|(?:milli|centi|kilo)?met(?:er|re)s?|mm|cm|km|m|inch(?:es)?|in|feet|foot|ft|yards?|yd|miles?|mi"
    r"|seconds?|minutes?|min|hours?|days?|years?|radians?|g|kg|lbs?|pounds?|lit(?:er|re)s?|usd|eur)"
)
"""The pattern of a unit, without regard to case."""
_POWER: Final = r"(?:\s?\^\s?\{?[23]\}?|[23²³])?"
_GLUED = re.compile(rf"(?<=\d)(?:[€£¢$°]|(?:{UNITS}){_POWER})(?![\w^])", re.IGNORECASE | re.ASCII)
_POWERED = re.compile(
    rf"(?<=[\s(/]){UNITS}(?:\s?\^\s?\{{?[23]\}}?|[23²³])(?![\w^])", re.IGNORECASE | re.ASCII
)


def strip_units(text: str) -> str:
    """Remove the units that would hide a number: ``64km`` and ``64 m^2`` become ``64``."""
    return _POWERED.sub(" ", _GLUED.sub(" ", text))
