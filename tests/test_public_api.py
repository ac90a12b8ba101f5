"""The front door: every public name is there and documented, and importing pulls in nothing heavy."""

import subprocess
import sys

import pytest

import codesteer

HEAVY = ("torch", "transformers", "e2b", "e2b_code_interpreter", "xllamacpp", "numpy", "pandas")


@pytest.mark.parametrize("name", codesteer.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert (getattr(codesteer, name).__doc__ or "").strip()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = codesteer.nonsense


@pytest.mark.parametrize("module", ["codesteer", "codesteer.graph.workflow"])
def test_importing_pulls_in_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
