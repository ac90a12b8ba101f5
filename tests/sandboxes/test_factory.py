import pytest

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.factory import open_sandbox


def test_an_unknown_name_is_answered_with_the_choices() -> None:
    with pytest.raises(ConfigurationError, match=r"unknown sandbox 'e3b'.*local"):
        open_sandbox("e3b")
