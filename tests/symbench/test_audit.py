"""The audit of a tree in the official layout finds the flags of the samples."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.symbench.helpers import SLUGS
from tests.symbench.test_official import NOT_PASSED, SAMPLES

from codesteer.errors import DataError
from codesteer.symbench.audit import EXPECTED, audit
from codesteer.symbench.defects import REVIEWED_WRONG
from codesteer.symbench.official import read_records
from codesteer.symbench.official_repository import DATA_FOLDER, DEFINED_IN_CODE, FOLDERS

TAIL = "\n\nOutput final answer"
REVIEWED = defaultdict[str, dict[str, int]](
    dict, date_understanding={REVIEWED_WRONG: 2}, gsm_hard={REVIEWED_WRONG: 1}
)
"""The flags that the samples do not have: those of a person's review."""


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")


def lay_out(root: Path, slug: str, record: Mapping[str, Any], rows: dict[Path, list[Any]]) -> None:
    """Write one sample where the official repository has it; rows of shared files are collected."""
    place, answer = root / record["id"], record["answer"]
    text, shared = record["question"].split(TAIL)[0], root / record["id"].partition("#")[0]
    if slug in FOLDERS:
        write(place / "question.txt", f"\n{record['question']}\n")
        write(place / "solution.json", answer)
    elif slug == "letters":
        write(place / "test_words.json", json.dumps(answer["word"]))
    elif slug == "number_multiply":
        write(place / "input_value_list.txt", str(answer["values"]))
        write(place / "target_answer.txt", str(answer["target"]))
        write(place / "input_prompt_1.txt", record["question"])
    elif slug == "boxlift":
        write(place / "BoxLift.json", {"boxes": answer["boxes"], "lifters": answer["lifters"]})
    elif slug == "boxnet":
        write(place / f"{place.name}.json", answer["squares"])
    elif slug == "blocksworld":
        write(place / "blocksworld_task.txt", record["question"].split("Please provide")[0])
    elif slug == "game24":
        rows[shared].append(answer["row"])
    elif slug.startswith("math_"):
        write(place, {"problem": text, **{name: answer[name] for name in ("solution", "level", "type")}})
    else:
        rows[shared].append({"input": text, **answer})


def write_rows(path: Path, rows: list[Any]) -> None:
    if path.suffix == ".csv":
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        write(path, "".join(json.dumps(row) + "\n" for row in rows))
    else:
        write(path, {"examples": rows})


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if SAMPLES is None:
        pytest.skip("no official samples: set SYMBENCH_SAMPLES to the folder that holds them")
    root, rows = tmp_path_factory.mktemp("checkout"), defaultdict[Path, list[Any]](list)
    for slug in SLUGS:
        for record in read_records(SAMPLES / slug / "samples.jsonl"):
            lay_out(root, slug, record, rows)
    for path, collected in rows.items():
        write_rows(path, collected)
    return root


@pytest.mark.parametrize("slug", sorted(set(SLUGS) - set(DEFINED_IN_CODE)))
def test_the_flags_of_the_samples_are_found(slug: str, checkout: Path) -> None:
    assert SAMPLES is not None
    records = list(read_records(SAMPLES / slug / "samples.jsonl"))
    flags = Counter(flag for record in records for flag in record.get("flags", ()))
    found = audit(slug, checkout)
    flags += Counter(REVIEWED[slug])
    assert len(found.findings) == found.distinct == len(records) == 12
    assert found.flags == dict(flags)
    assert found.passes == 12 - flags[NOT_PASSED.get(slug, "")]
    assert found.comparison == f"12 of {EXPECTED[slug].items} items"


def test_missing_data_is_reported(tmp_path: Path) -> None:
    remarks = {slug: audit(slug, tmp_path).comparison for slug in SLUGS}
    assert set(remarks.values()) == {"missing", "defined in the repository's code"}
    assert remarks["path_plan"] == "defined in the repository's code"


def test_every_task_has_expected_counts() -> None:
    assert set(EXPECTED) == set(SLUGS)


@pytest.mark.parametrize("text", ["{", '{"answer": 1}', "[]"])
def test_a_malformed_file_is_named(text: str, tmp_path: Path) -> None:
    sample = tmp_path / DATA_FOLDER / "pooling_dataset/sample_0"
    write(sample / "question.txt", "?")
    write(sample / "solution.json", text)
    with pytest.raises(DataError, match="pooling"):
        audit("pooling", tmp_path)


def test_a_changed_answer_is_found(checkout: Path, tmp_path: Path) -> None:
    sample = checkout / DATA_FOLDER / "reversi_dataset/sample_31"
    copy = tmp_path / DATA_FOLDER / "reversi_dataset/sample_31"
    answer = json.loads((sample / "solution.json").read_text())
    answer["solution"] = answer["solution"].replace("0", "1", 1)
    write(copy / "question.txt", (sample / "question.txt").read_text())
    write(copy / "solution.json", answer)
    assert audit("reversi", tmp_path).flags["stored_answer_violates_stated_rules"] == 1
