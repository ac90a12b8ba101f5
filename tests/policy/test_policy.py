"""The policy is read from a file and the environment; an error in it names the setting."""

from dataclasses import fields
from pathlib import Path

import pytest

from codesteer.errors import ConfigurationError
from codesteer.policy.policy import LIMIT_FIELDS, Policy, variable_name


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODESTEER_CONFIG", raising=False)
    for field in fields(Policy):
        monkeypatch.delenv(variable_name(field.name), raising=False)


def test_the_defaults_apply_without_settings() -> None:
    assert Policy.from_environment() == Policy()


def test_variables_set_every_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESTEER_POLICY_MODELS", "local, openai:gpt-4o*")
    monkeypatch.setenv("CODESTEER_POLICY_ENDPOINTS", "public,http://10.0.0.5:8000,http://127.0.0.1:*")
    monkeypatch.setenv("CODESTEER_POLICY_SANDBOXES", "docker:python:3.13-slim")
    monkeypatch.setenv("CODESTEER_POLICY_SHARED_EXPERIENCE", "team, course")
    for number, field in enumerate(LIMIT_FIELDS, 1):
        monkeypatch.setenv(variable_name(field), str(number))
    policy = Policy.from_environment()
    assert policy.models == ("local", "openai:gpt-4o*")
    assert policy.sandboxes == ("docker:python:3.13-slim",)
    assert policy.shared_experience == ("team", "course")
    assert [getattr(policy, field) for field in LIMIT_FIELDS] == list(range(1, len(LIMIT_FIELDS) + 1))
    assert len(policy.endpoint_patterns()) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.toml", '[policy]\nmodels = ["local"]\nshared_experience = ["team"]\nmax_turns = 3\n'),
        ("c.json", '{"policy": {"models": ["local"], "shared_experience": ["team"], "max_turns": 3}}'),
    ],
)
def test_variables_take_precedence_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.setenv("CODESTEER_CONFIG", str(tmp_path / name))
    monkeypatch.setenv("CODESTEER_POLICY_MAX_TURNS", "4")
    policy = Policy.from_environment()
    assert (policy.models, policy.shared_experience, policy.max_turns) == (("local",), ("team",), 4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_TURNS", "many"),
        ("MAX_TURNS", "0"),
        ("MAX_TURNS", "2.5"),
        ("MAX_TOKENS", "-1"),
        ("MAX_SECONDS", "nan"),
        ("MAX_COST", "inf"),
        ("ENDPOINTS", "10.0.0.5:8000"),
        ("ENDPOINTS", "http://user:pw@h.example"),
        ("ENDPOINTS", "http://h.example:x"),
        ("SANDBOX", "local"),
        ("MODEL_FOLDERS", "/"),
    ],
)
def test_the_error_names_an_invalid_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"CODESTEER_POLICY_{name}", value)
    with pytest.raises(ConfigurationError) as refusal:
        Policy.from_environment()
    assert name.lower() in str(refusal.value).lower()
    assert "\n" not in str(refusal.value)
    assert "pw" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "[policy",
        "policy = 1",
        "[polisy]\n",
        '[policy]\nmodels = "local"\nmax_turns = true\n',
        "[policy]\nmodels = 1\n",
        "[policy]\nmodels = [1]\n",
        "[policy]\nshared_experience = [1]\n",
        "[policy]\nmax_turnz = 1\n",
    ],
)
def test_the_error_names_an_invalid_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    monkeypatch.setenv("CODESTEER_CONFIG", str(tmp_path / "c.toml"))
    with pytest.raises(ConfigurationError) as refusal:
        Policy.from_environment()
    assert "\n" not in str(refusal.value)


def test_the_error_names_a_missing_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CODESTEER_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigurationError, match=r"CODESTEER_CONFIG: cannot read .*none\.toml"):
        Policy.from_environment()
