"""Texts from the command line and the terminal: UTF-8, whatever encoding the locale claims."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from codesteer.errors import ConfigurationError


def as_utf8(text: str, what: str) -> str:
    """Return typed text as UTF-8, also where the terminal's locale claims another encoding.

    Args:
        text: the text, with the bytes that Python could not decode as it escapes them.
        what: names the text in an error.

    Raises:
        ConfigurationError: the text is not UTF-8.
    """
    if not any("\udc80" <= character <= "\udcff" for character in text):
        return text
    try:
        return text.encode(sys.getfilesystemencoding(), "surrogateescape").decode("utf-8")
    except UnicodeError as error:
        raise ConfigurationError(f"{what} is not valid UTF-8; convert it, for example with iconv") from error


def pass_texts_as_utf8(app: typer.Typer) -> None:
    """Have every command of an app get its texts as UTF-8; paths stay as the file system has them."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _with_utf8(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            pass_texts_as_utf8(group.typer_instance)


def _with_utf8(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        return function(*arguments, **{name: _converted(name, value) for name, value in options.items()})

    return call


def _converted(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_converted(name, entry) for entry in value]
    return as_utf8(value, f"the {name.replace('_', ' ')}") if isinstance(value, str) else value
