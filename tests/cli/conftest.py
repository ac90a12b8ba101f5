"""A terminal without API keys, in an empty folder."""

from pathlib import Path

import pytest
from tests.support.terminal import Terminal

from codesteer.models.resolve import clear_model_caches


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Terminal:
    clear_model_caches()
    for variable in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch, capsys)
