"""``codesteer learn`` and ``codesteer experience``: with programs that really run, and a scripted endpoint."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_jsonable_python
from tests.support.experience import SUM_SKILL, WRONG_SKILL, solved_sum, sum_question
from typer.testing import CliRunner

from codesteer.cli.app import app
from codesteer.errors import ConfigurationError, ModelUnavailableError
from codesteer.experience.learning import as_evidence
from codesteer.experience.library import Library, library_namespace
from codesteer.experience.record import question_key
from codesteer.experience.store_file import open_store_file
from codesteer.experience.trial import SolvedQuestion

PAIRS = ((1, 10), (5, 25), (100, 130))
RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("CODESTEER_EXPERIENCE", str(tmp_path / "experience.sqlite"))
    return tmp_path / "experience.sqlite"


def run(*arguments: str) -> Any:
    return RUNNER.invoke(app, arguments)


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return str(result.output)


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert isinstance(result.exception, ConfigurationError), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


def write_questions(folder: Path, *pairs: tuple[int, int]) -> Path:
    lines = [
        {"question": one.question, "answer": one.answer} for one in (solved_sum(*pair) for pair in pairs)
    ]
    path = folder / "questions.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def add(folder: Path, program: str = SUM_SKILL, *pairs: tuple[int, int]) -> str:
    source = folder / "sums.py"
    source.write_text(program)
    return done(
        "experience", "add", str(source), "--questions", str(write_questions(folder, *(pairs or PAIRS)))
    )


def test_a_program_of_ones_own_is_a_trusted_skill(tmp_path: Path) -> None:
    assert "verified on 3 questions" in add(tmp_path)
    assert "trusted skill" in done("experience", "list")
    stats = done("experience", "stats")
    assert "verified answers  3" in stats


def test_a_wrong_program_is_not_added(tmp_path: Path) -> None:
    source = tmp_path / "sums.py"
    source.write_text(WRONG_SKILL)
    questions = write_questions(tmp_path, *PAIRS)
    error = refused("experience", "add", str(source), "--questions", str(questions))
    assert "it printed '45'; a right answer is '55'" in error


@pytest.mark.parametrize(
    ("program", "pairs", "error"),
    [
        ("print(55)", PAIRS, "does not read the variable QUESTION"),
        (SUM_SKILL, PAIRS[:1], "at least 2"),
        ("", PAIRS, "does not read"),
    ],
)
def test_a_program_that_is_no_skill_is_refused(
    tmp_path: Path, program: str, pairs: tuple[tuple[int, int], ...], error: str
) -> None:
    source = tmp_path / "sums.py"
    source.write_text(program)
    assert error in refused(
        "experience", "add", str(source), "--questions", str(write_questions(tmp_path, *pairs))
    )


def test_export_and_import_give_the_same_file(tmp_path: Path) -> None:
    add(tmp_path)
    done("experience", "export", str(tmp_path / "one.jsonl"))
    other = ("--experience", str(tmp_path / "other.sqlite"))
    first, again = (done("experience", "import", str(tmp_path / "one.jsonl"), *other) for _ in range(2))
    assert "imported 1 records and 3 pieces of evidence; 0 records were known, 0 lines skipped" in first
    assert "imported 0 records and 0 pieces of evidence; 1 records were known, 0 lines skipped" in again
    done("experience", "export", str(tmp_path / "two.jsonl"), *other)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_corrupt_and_foreign_lines_are_named_and_skipped(tmp_path: Path) -> None:
    add(tmp_path)
    file = tmp_path / "export.jsonl"
    done("experience", "export", str(file))
    line = json.loads(file.read_text())
    newer = {**line, "record": {**line["record"], "version": 9}}
    broken = {**line, "evidence": [{"finding": "maybe"}]}
    rows = ["{", "[]", "3", '{"text": "hello"}', json.dumps(newer), json.dumps(broken), json.dumps(line), ""]
    file.write_text("\n".join(rows))
    output = done("experience", "import", str(file), "--experience", str(tmp_path / "other.sqlite"))
    assert "imported 1 records" in output
    assert "6 lines skipped" in output
    assert "line 5: a record of version 9, expected 1" in output


@pytest.mark.parametrize(
    "line",
    [
        '{"record": "x", "evidence": []}',
        '{"record": null}',
        '{"record": [], "evidence": {}}',
        '{"record": {"version": 1}, "evidence": []}',
        "[[]]",
        "null",
        "NaN",
        "true",
        '"text"',
        "1e999",
        "{" * 100_000,
        "[" * 100_000,
        "[" * 5000 + "]" * 5000,
        '{"record": {"version": 1, "key": ' + "[" * 5000 + "]" * 5000 + "}}",
        '{"record": {"version": 1, "key": "\\ud800"}}',
    ],
)
def test_a_foreign_line_leaves_the_others(tmp_path: Path, line: str) -> None:
    add(tmp_path)
    file = tmp_path / "export.jsonl"
    done("experience", "export", str(file))
    file.write_text(f"\ufeff{line}\n{file.read_text()}")
    output = done("experience", "import", str(file), "--experience", str(tmp_path / "other.sqlite"))
    assert "imported 1 records and 3 pieces of evidence; 0 records were known, 1 lines skipped" in output
    assert "skipped export.jsonl, line 1: no" in output


@pytest.mark.parametrize("new_store", [True, False])
def test_an_edited_program_is_not_imported_with_the_evidence_of_the_old_one(
    tmp_path: Path, new_store: bool
) -> None:
    add(tmp_path)
    file = tmp_path / "export.jsonl"
    done("experience", "export", str(file))
    line = json.loads(file.read_text())
    line["record"]["program"] = WRONG_SKILL
    edited = json.loads(file.read_text())
    edited["evidence"][0]["question"] += " But add one."
    file.write_text(f"{json.dumps(line)}\n{json.dumps(edited)}")
    other = ("--experience", str(tmp_path / "other.sqlite")) if new_store else ()
    output = done("experience", "import", str(file), *other)
    assert "line 1: the program was edited" in output
    assert "line 2: a question in the evidence was edited" in output
    assert "imported 0 records and 0 pieces of evidence" in output


def test_an_export_holds_all_evidence(tmp_path: Path, own_file: Path) -> None:
    add(tmp_path)
    with open_store_file(own_file) as store:
        library = Library(store, library_namespace(["default"]))
        (record,) = asyncio.run(library.all_records()).records
        for number in range(400):
            note = as_evidence(SolvedQuestion(question=str(number), answer=""), "unknown", "reuse")
            store.put(
                (*library.namespace, "evidence", record.key),
                f"{note.question_key}-reuse",
                to_jsonable_python(note),
                index=False,
            )
    file = tmp_path / "export.jsonl"
    done("experience", "export", str(file))
    assert len(json.loads(file.read_text())["evidence"]) == 403
    assert "trusted skill, reliability 0.80, 400 reuses" in done("experience", "show", record.key)


def test_a_record_is_shown_and_forgotten_by_the_beginning_of_its_key(tmp_path: Path) -> None:
    add(tmp_path)
    done("experience", "export", str(tmp_path / "export.jsonl"))
    key = json.loads((tmp_path / "export.jsonl").read_text())["record"]["key"]
    shown = done("experience", "show", key[:8])
    assert sum_question(1, 10) in shown
    assert "re.findall" in shown
    assert "no record has a key" in refused("experience", "show", "zzz")
    assert "forgot 1 records" in done("experience", "forget", key[:8])
    assert "no record has a key" in refused("experience", "forget", key[:8])


def test_an_export_does_not_replace_what_it_reads(tmp_path: Path, own_file: Path) -> None:
    add(tmp_path)
    (tmp_path / "link").symlink_to(own_file)
    for out in (own_file, tmp_path / "link"):
        assert "the file of experience itself" in refused("experience", "export", str(out))
    assert "trusted skill" in done("experience", "list")


@pytest.mark.parametrize("command", ["forget", "show"])
def test_an_empty_key_finds_nothing(tmp_path: Path, command: str) -> None:
    add(tmp_path)
    assert "a key is empty" in refused("experience", command, "")
    assert " ".join(done("experience", "stats").split()).startswith("records 1")


def test_a_record_that_cannot_be_read_can_be_forgotten(tmp_path: Path, own_file: Path) -> None:
    add(tmp_path)
    with open_store_file(own_file) as store:
        namespace = (*library_namespace(("default",)), "records")
        store.put(namespace, "abcdef0123", {"version": 0})
    assert "skipped abcdef0123" in done("experience", "list")
    assert "'codesteer experience forget abcdef0123' deletes it" in refused("experience", "show", "abc")
    assert "forgot 1 records" in done("experience", "forget", "abc", "abcdef", "abcdef0123")
    assert "skipped" not in done("experience", "list")


def test_namespaces_are_apart(tmp_path: Path) -> None:
    add(tmp_path)
    assert " ".join(done("experience", "stats", "--namespace", "other,alice").split()).startswith("records 0")
    for invalid in (" , ", "a.b", "a,b,c,d,e", "a b"):
        assert "--namespace" in refused("experience", "stats", "--namespace", invalid)
        assert "--namespace" in refused("learn", "--tasks", "game24", "--namespace", invalid)


def test_files_that_cannot_be_used_are_named(tmp_path: Path, own_file: Path) -> None:
    assert "there is no experience in" in refused("experience", "list")
    own_file.write_text("not a database, but long enough to look like a file of one" * 20)
    assert "as a store of experience" in refused("experience", "list")
    assert "cannot read" in refused("experience", "import", str(tmp_path / "missing.jsonl"))
    assert "choose" in refused("experience", "export", str(tmp_path / "missing" / "file.jsonl"))


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ("", "has no questions"),
        ("{", "line 1: no JSON; use"),
        ('{"question": ""}', "line 1: use"),
        ('{"question": "Q?", "answer": "1"}\n[]', "line 2: use"),
        ('{"question": "Q?", "answer": [1]}', "neither a text nor a number"),
    ],
)
def test_invalid_questions_are_named(tmp_path: Path, lines: str, error: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(lines)
    assert error in refused("learn", str(file))


def test_learning_needs_questions(tmp_path: Path) -> None:
    assert "--tasks" in refused("learn")
    assert "--tasks" in refused("learn", str(write_questions(tmp_path, PAIRS[0])), "--tasks", "game24")
    assert "unknown split" in refused("learn", "--tasks", "game24", "--split", "official")
    assert "unknown task" in refused("learn", "--tasks", "game42")
    assert "level" in refused("learn", "--tasks", "game24", "--level", "99")
    assert "cannot read" in refused("learn", str(tmp_path / "missing.jsonl"))


def test_what_a_foreign_record_says_cannot_control_the_terminal(tmp_path: Path) -> None:
    add(tmp_path)
    file = tmp_path / "export.jsonl"
    done("experience", "export", str(file))
    line = json.loads(file.read_text())
    line["record"] |= {
        "question": "\x1b[2J[red]gone[/red]",
        "model": "\x1b]0;title\x07",
        "answer": "\x1b[31m1",
    }
    file.write_text(json.dumps(line))
    other = ("--experience", str(tmp_path / "other.sqlite"))
    done("experience", "import", str(file), *other)
    for output in (
        done("experience", "list", *other),
        done("experience", "show", line["record"]["key"], *other),
    ):
        assert "\x1b[2J" not in output
        assert "\x1b]0" not in output
        assert "[red]gone[/red]" in output


def test_a_narrow_terminal_shows_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path)
    done("experience", "export", str(tmp_path / "export.jsonl"))
    key = json.loads((tmp_path / "export.jsonl").read_text())["record"]["key"]
    monkeypatch.setenv("COLUMNS", "40")
    assert key[:8] in done("experience", "list")


DEAD = ("--task-model", "http://127.0.0.1:9/v1#none")
"""An endpoint that nobody serves: whoever is asked there fails."""


def test_solve_answers_by_a_remembered_program_without_a_model(tmp_path: Path) -> None:
    add(tmp_path)
    trace = tmp_path / "trace.html"
    solved = run("solve", "--learn", "--json", "--trace", str(trace), sum_question(7, 70), *DEAD)
    assert solved.exit_code == 0, solved.output
    result = json.loads(solved.stdout)
    assert result["answer"] == solved_sum(7, 70).answer
    assert result["usage"]["total"]["calls"] == 0
    assert result["experience"]["skill"]["trusted"]
    assert "remembered program" in trace.read_text()
    assert "1 reuses" in done("experience", "show", result["experience"]["skill"]["key"])


@pytest.mark.usefixtures("socket_enabled")
def test_without_learn_nothing_is_recalled(tmp_path: Path) -> None:
    add(tmp_path)
    assert isinstance(run("solve", sum_question(7, 70), *DEAD).exception, ModelUnavailableError)
    assert "--learn" in refused("solve", "--experience", str(tmp_path / "other.sqlite"), "1+1?", *DEAD)


def test_learning_tries_what_is_remembered_before_it_asks(tmp_path: Path) -> None:
    add(tmp_path)
    output = done("learn", str(write_questions(tmp_path, (7, 70), (8, 80))), *DEAD)
    assert "2          answered by a remembered program" in output
    assert "verified answers 5" in " ".join(done("experience", "stats").split())


@pytest.mark.usefixtures("socket_enabled")
def test_a_dead_endpoint_is_named_and_what_was_done_stays(tmp_path: Path) -> None:
    add(tmp_path)
    file = tmp_path / "more.jsonl"
    other = {"question": "What is the capital of France?", "answer": "Paris"}
    file.write_text(write_questions(tmp_path, (7, 70)).read_text() + json.dumps(other))
    result = run("learn", str(file), "--concurrency", "1", *DEAD)
    assert result.exit_code == 1
    assert "failed: more.jsonl, line 2: task model" in result.output
    only = tmp_path / "only.jsonl"
    only.write_text(f"\ufeff{json.dumps(other)}")
    failed = run("learn", str(only), *DEAD)
    assert failed.exit_code == 1
    assert "failed: only.jsonl, line 1: task model" in failed.output
    assert "verified answers 4" in " ".join(done("experience", "stats").split())


def test_separators_that_are_no_line_breaks_survive_an_export(tmp_path: Path) -> None:
    file = tmp_path / "odd.jsonl"
    question = "a\u2028b\x85c"
    record = {"key": question_key(question), "mode": "text", "question": question, "answer": "1"}
    file.write_text(json.dumps({"record": {**record, "version": 1}, "evidence": []}), encoding="utf-8")
    assert "imported 1 records" in done("experience", "import", str(file))
    done("experience", "export", str(file))
    assert "1 records were known, 0 lines skipped" in done("experience", "import", str(file))
