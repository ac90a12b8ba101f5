"""Read the official data in the layout in which its repository publishes it (``dataset_gather/…``).

Folders with ``<task>/samples.jsonl``, as ``codesteer symbench fetch`` writes them, are read as well.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from codesteer.errors import DataError
from codesteer.symbench.official import read_records
from codesteer.symbench.problems.boxlift import greedy
from codesteer.symbench.sources import SOURCES

Record = Mapping[str, Any]

TOP: Final = "dataset_gather"
FOLDERS: Final = {
    "combinatorial_calculation": "combinatorial_calculation",
    "constrained_linear_arrangement": "constrained_linear_arrangement",
    "cryptanalysis": "cryptanalysis",
    "eight_queens": "eight_queens_dataset",
    "game_2048": "2048_dataset",
    "letter_logic_diagram": "letter_logic_diagram",
    "light_puzzles": "light_puzzles_dataset",
    "logical_equation": "logical_equation",
    "logical_puzzle": "logic_puzzle_dataset",
    "mahjong": "mahjong_pattern_dataset",
    "matrix_transformation": "matrix_transformation_dataset",
    "new_operator": "new_operator_dataset",
    "pattern_recognition": "pattern_recognition",
    "permutations_combinations": "permutations_and_combinations",
    "pooling": "pooling_dataset",
    "reversi": "reversi_dataset",
    "standard_sudoku": "standard_sudoku",
    "statistical_counting": "statistical_counting_dataset",
    "string_deletion_modification": "string_deletion_and_modification",
    "string_insertion": "string_insertion",
    "string_splitting": "string_splitting",
    "string_synthesis": "string_synthesis",
    "synthesis_decomposition": "synthesis_decomposition_dataset",
}
"""The folders that hold ``sample_<i>/question.txt`` and ``solution.json``."""
UNSTORED: Final = ("blocksworld", "boxlift", "boxnet", "game24")
"""Tasks of which only the inputs are stored, so that answers have to be derived."""
IN_CODE: Final = ("path_plan",)
"""Tasks that the repository keeps in its programs."""


def published_records(slug: str, root: Path) -> Iterator[Record]:
    """The records of a task in a checkout or a folder of samples; none where it does not have the task.

    Raises:
        DataError: A file is not what it should be.
    """
    samples = root / slug / "samples.jsonl"
    reader = _READERS.get(slug)
    try:
        if samples.is_file():
            yield from read_records(samples)
        elif reader is not None:
            yield from reader(root)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as problem:
        raise DataError(f"{root}: the data of {slug} cannot be read: {problem!r}") from problem


def _samples(folder: str, root: Path) -> Iterator[Record]:
    for sample in _numbered(root / TOP / folder, "sample_*"):
        answer = json.loads((sample / "solution.json").read_text(encoding="utf-8"))
        level = answer.get("complexity", 0) if isinstance(answer, dict) else 0
        question = (sample / "question.txt").read_text(encoding="utf-8").strip()
        yield _record(root, sample, question, answer, level)


def _letters(root: Path) -> Iterator[Record]:
    for file in sorted((root / TOP / "Letters").glob("*/*/test_words.json")):
        word = json.loads(file.read_text(encoding="utf-8"))
        letter, count, _ = file.parent.name.split("_")
        positions = [place for place, sign in enumerate(word, 1) if sign == letter]
        answer = {"word": word, "letter": letter, "count": int(count), "positions": positions}
        yield _record(root, file.parent, f"{letter} in {word}", answer)


def _products(root: Path) -> Iterator[Record]:
    for group in sorted((root / TOP).glob("number_multiply*/digit_*")):
        for sample in _numbered(group, "sample_*"):
            texts = {name: (sample / f"{name}.txt").read_text(encoding="utf-8") for name in _PRODUCT_FILES}
            values = [int(number) for number in re.findall(r"-?\d+", texts["input_value_list"])]
            answer = {"values": values, "target": int(texts["target_answer"])}
            yield _record(root, sample, texts["input_prompt_1"].strip(), answer)


def _rows(slug: str, name: str, root: Path) -> Iterator[Record]:
    """The rows of BIG-Bench Hard or GSM-Hard, as ``symbench fetch`` turns them into records."""
    path = root / TOP / name
    if not path.exists():
        return
    if path.suffix == ".jsonl":
        rows = list(read_records(path))
    else:
        rows = json.loads(path.read_text(encoding="utf-8"))["examples"]
    for number, row in enumerate(rows):
        yield {"id": f"{TOP}/{name}#{number}", **SOURCES[slug].record(row)}


def _math(slug: str, subject: str, root: Path) -> Iterator[Record]:
    for file in _numbered(root / TOP / "MATH/train" / subject, "*.json"):
        row = json.loads(file.read_text(encoding="utf-8"))
        yield {"id": str(file.relative_to(root)), **SOURCES[slug].record(row)}


def _sets_of_four(root: Path) -> Iterator[Record]:
    path = root / TOP / "game24_dataset/24/24.csv"
    if path.exists():
        with path.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines)):
                numbers = [int(part) for part in row["Puzzles"].split()]
                answer = {"numbers": numbers, "target": 24, "derived_expression": ""}
                yield {
                    "id": f"{path.relative_to(root)}#{number}",
                    "question": row["Puzzles"],
                    "answer": answer,
                }


def _lifting(root: Path) -> Iterator[Record]:
    for file in sorted((root / TOP / "BoxLift_dataset").glob("*/*/BoxLift.json")):
        stored = json.loads(file.read_text(encoding="utf-8"))
        limit = len(greedy(stored["boxes"], stored["lifters"]))
        answer = {**stored, "step_limit": limit, "derived_plan": []}
        yield _record(root, file.parent, json.dumps(stored), answer)


def _squares(root: Path) -> Iterator[Record]:
    for file in sorted((root / TOP / "BoxNet1_dataset").glob("*/*/pg_state*.json")):
        squares = json.loads(file.read_text(encoding="utf-8"))
        rows, columns = map(int, file.parent.parent.name.split("_")[-2:])
        answer = {"rows": rows, "cols": columns, "squares": squares, "derived_plan": []}
        yield _record(root, file.parent, json.dumps(squares), answer)


def _blocks(root: Path) -> Iterator[Record]:
    for file in sorted((root / TOP / "Blocksworld_dataset").glob("*/blocksworld_task.txt")):
        text = file.read_text(encoding="utf-8")
        start, goal = re.split(r"goal state", text, maxsplit=1, flags=re.IGNORECASE)
        answer = {"initial": _stacks(start), "goal": _stacks(goal), "derived_shortest_plan": []}
        yield _record(root, file.parent, text, answer)


def _stacks(text: str) -> dict[str, list[str]]:
    found = re.findall(r"^[ \t]*+(stack\d++):(.*)$", text, re.MULTILINE | re.IGNORECASE)
    return {name.lower(): re.findall(r"[A-Z]", blocks) for name, blocks in found}


def _record(root: Path, place: Path, question: str, answer: Any, level: int = 0) -> Record:
    name = str(place.relative_to(root))
    return {"id": name, "question": question, "answer": answer, "complexity": {"level": level}}


def _numbered(folder: Path, pattern: str) -> list[Path]:
    """The entries of a folder by the numbers in their names; none where there is no such folder."""
    entries = folder.glob(pattern) if folder.is_dir() else ()
    return sorted(entries, key=lambda entry: [int(number) for number in re.findall(r"\d+", entry.name)])


_PRODUCT_FILES: Final = ("input_value_list", "target_answer", "input_prompt_1")
_READERS: Final[dict[str, Callable[[Path], Iterator[Record]]]] = {
    **{slug: partial(_samples, folder) for slug, folder in FOLDERS.items()},
    **{
        slug: partial(_rows, slug, f"BIG-Bench-Hard/bbh/{name}.json")
        for slug, name in (
            ("date_understanding", "date_understanding"),
            ("logical_deduction", "logical_deduction_seven_objects"),
            ("navigation", "navigate"),
            ("web_of_lies", "web_of_lies"),
        )
    },
    "blocksworld": _blocks,
    "boxlift": _lifting,
    "boxnet": _squares,
    "game24": _sets_of_four,
    "gsm_hard": partial(_rows, "gsm_hard", "gsmhardv2.jsonl"),
    "letters": _letters,
    "math_counting_probability": partial(_math, "math_counting_probability", "counting_and_probability"),
    "math_geometry": partial(_math, "math_geometry", "geometry"),
    "number_multiply": _products,
}
