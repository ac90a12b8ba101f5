"""``codesteer symbench``: JSONL input and output, errors with file and line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from codesteer.cli import symbench
from codesteer.errors import CodeSteerError, ConfigurationError, DataError

COMMANDS = ("list", "generate", "verify", "fetch", "audit")


def run(*arguments: str, stdin: str = "") -> Result:
    """Run a command; re-raise codesteer's errors, which the entry point would catch."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(symbench.app, list(arguments), input=stdin)
    if isinstance(result.exception, CodeSteerError):
        raise result.exception
    return result


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "items.jsonl"
    arguments = ("--task", "number_multiply", "--level", "2", "--count", "3", "--seed", "5")
    assert run("generate", *arguments, "--out", str(path)).exit_code == 0
    return path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def verify(items: Path, answers: Path, *more: str) -> Result:
    samples = ("--samples", str(items), "--answers", str(answers))
    return run("verify", "--task", "number_multiply", *samples, *more)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str) -> None:
    assert f"Example: codesteer symbench {command}" in " ".join(run(command, "--help").output.split())


def test_list_shows_all_tasks() -> None:
    output = run("list").output
    assert "game24" in output
    assert "official items only" in output
    assert output.count("seen") >= 37


def test_generated_items_are_reproducible(items: Path) -> None:
    output = run(
        "generate", "--task", "number_multiply", "--level", "2", "--count", "3", "--seed", "5"
    ).output
    assert output == items.read_text(encoding="utf-8")
    assert len(output.splitlines()) == 3


def test_scores(items: Path, tmp_path: Path) -> None:
    records = lines(items)
    replies = [f"so <<<{records[0]['answer']}>>>", "<<<1>>>", "<<<\ud800>>>"]
    answers = tmp_path / "answers.jsonl"
    answers.write_text(
        "\n".join(
            json.dumps({"id": one["id"], "answer": reply})
            for one, reply in zip(records, replies, strict=True)
        )
    )
    result = verify(items, answers)
    scores = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["outcome"] for one in scores] == ["correct", "wrong", "unreadable"]
    assert "3 answers: 1 correct, 1 wrong, 1 unreadable" in result.stderr
    out = tmp_path / "scores.jsonl"
    verify(items, answers, "--out", str(out), "--published")
    assert [one["outcome"] for one in lines(out)] == ["correct", "wrong", "wrong"]


def test_answers_can_come_from_standard_input(items: Path) -> None:
    answer = json.dumps({"id": lines(items)[1]["id"], "answer": "<<<1>>>"})
    result = run(
        "verify", "--task", "number_multiply", "--samples", str(items), "--answers", "-", stdin=answer
    )
    assert json.loads(result.stdout)["outcome"] == "wrong"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"answers\.jsonl:3: not JSON"),
        ("[]", r"answers\.jsonl:3: not a JSON object"),
        ('{"id": "other", "answer": "1"}', r"answers\.jsonl:3: there is no item with the id 'other'"),
    ],
)
def test_scores_before_an_invalid_line_are_written(
    items: Path, tmp_path: Path, line: str, message: str
) -> None:
    answers, out = tmp_path / "answers.jsonl", tmp_path / "out.jsonl"
    answers.write_text(json.dumps({"id": lines(items)[0]["id"], "answer": "<<<1>>>"}) + f"\n\n{line}\n")
    with pytest.raises(ConfigurationError, match=message):
        verify(items, answers, "--out", str(out))
    assert [one["outcome"] for one in lines(out)] == ["wrong"]


@pytest.mark.parametrize("arguments", [("--task", "game24", "--level", "99"), ("--task", "game42")])
def test_an_error_before_the_first_item_changes_no_file(items: Path, arguments: tuple[str, ...]) -> None:
    before = items.read_text()
    with pytest.raises(ConfigurationError):
        run("generate", *arguments, "--out", str(items))
    assert items.read_text() == before
    assert list(items.parent.iterdir()) == [items]


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("name", ["items.jsonl", "answers.jsonl"])
def test_an_output_that_is_an_input_is_refused(items: Path, tmp_path: Path, name: str, link: bool) -> None:
    answers, out = tmp_path / "answers.jsonl", tmp_path / ("link" if link else name)
    answers.write_text(json.dumps({"id": lines(items)[0]["id"], "answer": "<<<1>>>"}))
    if link:
        out.symlink_to(name)
    before = (items.read_text(), answers.read_text())
    with pytest.raises(ConfigurationError, match="would replace what is to be read"):
        verify(items, answers, "--out", str(out))
    assert (items.read_text(), answers.read_text()) == before


@pytest.mark.parametrize("answer", ["{", '{"id": "other", "answer": "1"}'])
def test_an_error_before_the_first_score_changes_no_file(items: Path, tmp_path: Path, answer: str) -> None:
    answers, out = tmp_path / "answers.jsonl", tmp_path / "out.jsonl"
    answers.write_text(answer)
    out.write_text("old")
    with pytest.raises(ConfigurationError):
        verify(items, answers, "--out", str(out))
    assert out.read_text() == "old"


def test_repeated_answers_to_an_item_are_told(items: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text("\n".join([json.dumps({"id": lines(items)[0]["id"], "answer": "<<<1>>>"})] * 3))
    result = verify(items, answers)
    assert len(result.stdout.splitlines()) == 3
    assert "3 answers to 1 item: 3 wrong" in result.stderr


def test_two_items_with_one_id_are_refused(items: Path) -> None:
    first, second, _ = lines(items)
    same = {**second, "id": first["id"]}
    items.write_text("\n".join(map(json.dumps, (first, first))))
    assert "0 answers: none" in verify(items, Path("/dev/null")).stderr
    items.write_text("\n".join(map(json.dumps, (first, same))))
    with pytest.raises(ConfigurationError, match="two different items have the id"):
        verify(items, items)


def test_an_answer_must_be_a_string(items: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text(json.dumps({"id": lines(items)[0]["id"], "answer": 7}))
    with pytest.raises(ConfigurationError, match=r"answers\.jsonl:1: the answer must be a string"):
        verify(items, answers)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"data": {}, "task": "number_multiply"}, r"items\.jsonl:1: not a valid item"),
        ({"id": "x", "answer": 3}, r"items\.jsonl:1: not a valid item"),
    ],
)
def test_an_invalid_item_is_named(record: object, message: str, tmp_path: Path) -> None:
    items = tmp_path / "items.jsonl"
    items.write_text(json.dumps(record))
    with pytest.raises(ConfigurationError, match=message):
        verify(items, items)


def test_items_of_another_task_are_rejected(items: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"items\.jsonl:1: this is an item of number_multiply, not of game24"
    ):
        run("verify", "--task", "game24", "--samples", str(items), "--answers", str(items))


def test_official_records_can_be_verified(tmp_path: Path) -> None:
    samples, answers = tmp_path / "samples.jsonl", tmp_path / "answers.jsonl"
    samples.write_text(json.dumps({"id": "x", "question": "?", "answer": {"values": [2, 3], "target": 6}}))
    answers.write_text(json.dumps({"id": "x", "answer": "6"}))
    assert json.loads(verify(samples, answers).stdout)["outcome"] == "correct"


def test_unverified_items_can_be_skipped(tmp_path: Path) -> None:
    samples, answers = tmp_path / "samples.jsonl", tmp_path / "answers.jsonl"
    targets = {"good": 6, "bad": 7}
    records = [
        {"id": name, "question": "?", "answer": {"values": [2, 3], "target": target}}
        for name, target in targets.items()
    ]
    samples.write_text("\n".join(map(json.dumps, records)))
    answers.write_text("\n".join(json.dumps({"id": name, "answer": "6"}) for name in ("bad", "good")))
    result = verify(samples, answers, "--verified")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["good"]
    assert len(verify(samples, answers).stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--task", "game42"), "game24"),
        (("--task", "game24", "--level", "99"), "levels 1 to"),
        (("--task", "game24", "--split", "exam"), "train, dev, test"),
        (("--task", "math_geometry"), "symbench fetch --task math_geometry"),
    ],
)
def test_usage_errors_of_generate(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        run("generate", *arguments)


def test_fetch_without_a_network(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="check the network"):
        run("fetch", "--folder", str(tmp_path), "--task", "gsm_hard")


def test_audit_shows_missing_and_defective_data(tmp_path: Path) -> None:
    sample = tmp_path / "dataset_gather/string_insertion/sample_0"
    sample.mkdir(parents=True)
    (sample / "question.txt").write_text("?")
    (sample / "solution.json").write_text(json.dumps({"original_string": "ABCD", "modified_string": "ABCD"}))
    broken = tmp_path / "dataset_gather/pooling_dataset/sample_0"
    broken.mkdir(parents=True)
    (broken / "question.txt").write_text("?")
    (broken / "solution.json").write_text("{")
    out = tmp_path / "defects.jsonl"
    result = run("audit", str(tmp_path), "--out", str(out))
    assert result.exit_code == 1
    assert "1 / 0 stored answer violates stated rules" in result.output
    assert "0 / 56 stored answer violates stated rules" in result.output
    assert "missing" in result.output
    assert "1 of 200 items" in result.output
    assert lines(out) == [
        {
            "task": "string_insertion",
            "id": "dataset_gather/string_insertion/sample_0",
            "verified": False,
            "flags": ["stored_answer_violates_stated_rules"],
            "reason": "the stored answer violates the rules stated in the question; "
            "the verifier says: expected ABCDA",
        }
    ]


def test_audit_continues_after_a_damaged_file(tmp_path: Path) -> None:
    samples = tmp_path / "number_multiply/samples.jsonl"
    samples.parent.mkdir()
    samples.write_text('{"id": "x", "question": "?", "answer": {"values": [2, 3], "target": 6}}\n{\n')
    result = run("audit", str(tmp_path), "--task", "number_multiply", "--task", "game24")
    assert result.exit_code == 1
    assert "samples.jsonl:2: not JSON" in " ".join(result.output.split())
    assert "missing" in result.output


def test_audit_of_one_task(tmp_path: Path) -> None:
    result = run("audit", str(tmp_path), "--task", "game24")
    assert result.exit_code == 0
    assert "pooling" not in result.output
