"""Every public name exists and is documented, and imports are light."""

import subprocess
import sys

import pytest

import codesteer

HEAVY = ("torch", "transformers", "e2b", "e2b_code_interpreter", "xllamacpp", "numpy", "pandas")


@pytest.mark.parametrize("name", codesteer.__all__)
def test_every_public_name_exists_and_is_documented(name: str) -> None:
    assert (getattr(codesteer, name).__doc__ or "").strip()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = codesteer.nonsense


@pytest.mark.parametrize("module", ["codesteer", "codesteer.graph.workflow"])
def test_imports_are_light(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
