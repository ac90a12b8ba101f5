import pytest

from codesteer.errors import ConfigurationError
from codesteer.sandboxes.factory import KINDS, open_sandbox


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_opened(kind: str) -> None:
    assert callable(open_sandbox(kind).run)


@pytest.mark.parametrize("kind", ["e3b", "", "local:image", "docker:", "LOCAL"])
def test_an_unknown_kind_lists_the_choices(kind: str) -> None:
    with pytest.raises(ConfigurationError, match=r"unknown sandbox .*: choose one of local, e2b, docker"):
        open_sandbox(kind)
