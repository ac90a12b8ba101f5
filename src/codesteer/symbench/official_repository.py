"""Read the official data from a checkout of its repository (``dataset_gather/…``).

Also reads folders with ``<task>/samples.jsonl``, as written by ``codesteer symbench fetch``.
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
from codesteer.symbench.task import CRASHES

Record = Mapping[str, Any]

DATA_FOLDER: Final = "dataset_gather"
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
"""Folders with ``sample_<i>/question.txt`` and ``solution.json``."""
WITHOUT_ANSWERS: Final = ("blocksworld", "boxlift", "boxnet", "game24")
"""Tasks for which only the inputs are stored, so that answers have to be derived."""
DEFINED_IN_CODE: Final = ("path_plan",)
"""Tasks that the repository defines in code instead of data."""


def read_official_records(slug: str, root: Path) -> Iterator[Record]:
    """Iterate over the records of a task in a checkout or a folder of samples; none if it is not there.

    Raises:
        DataError: A file is malformed.
    """
    samples = root / slug / "samples.jsonl"
    reader = _READERS.get(slug)
    try:
        if samples.is_file():
            yield from read_records(samples)
        elif reader is not None:
            yield from reader(root)
    except (OSError, *CRASHES) as problem:
        raise DataError(f"{root}: cannot read the data of {slug}: {problem!r}") from problem


def _read_samples(folder: str, root: Path) -> Iterator[Record]:
    for sample in _numbered(root / DATA_FOLDER / folder, "sample_*"):
        answer = json.loads((sample / "solution.json").read_text(encoding="utf-8"))
        level = answer.get("complexity", 0) if isinstance(answer, dict) else 0
        question = (sample / "question.txt").read_text(encoding="utf-8").strip()
        yield _record(root, sample, question, answer, level)


def _read_letters(root: Path) -> Iterator[Record]:
    for file in sorted((root / DATA_FOLDER / "Letters").glob("*/*/test_words.json")):
        word = json.loads(file.read_text(encoding="utf-8"))
        letter, count, _ = file.parent.name.split("_")
        positions = [place for place, sign in enumerate(word, 1) if sign == letter]
        answer = {"word": word, "letter": letter, "count": int(count), "positions": positions}
        yield _record(root, file.parent, f"{letter} in {word}", answer)


def _read_products(root: Path) -> Iterator[Record]:
    for group in sorted((root / DATA_FOLDER).glob("number_multiply*/digit_*")):
        for sample in _numbered(group, "sample_*"):
            texts = {name: (sample / f"{name}.txt").read_text(encoding="utf-8") for name in _PRODUCT_FILES}
            values = [int(number) for number in re.findall(r"-?\d+", texts["input_value_list"])]
            answer = {"values": values, "target": int(texts["target_answer"])}
            yield _record(root, sample, texts["input_prompt_1"].strip(), answer)


def _read_rows(slug: str, name: str, root: Path) -> Iterator[Record]:
    """Read the rows of BIG-Bench Hard or GSM-Hard as ``symbench fetch`` converts them."""
    path = root / DATA_FOLDER / name
    if not path.exists():
        return
    if path.suffix == ".jsonl":
        rows = list(read_records(path))
    else:
        rows = json.loads(path.read_text(encoding="utf-8"))["examples"]
    for number, row in enumerate(rows):
        yield {"id": f"{DATA_FOLDER}/{name}#{number}", **SOURCES[slug].record(row)}


def _read_math(slug: str, subject: str, root: Path) -> Iterator[Record]:
    for file in _numbered(root / DATA_FOLDER / "MATH/train" / subject, "*.json"):
        row = json.loads(file.read_text(encoding="utf-8"))
        yield {"id": str(file.relative_to(root)), **SOURCES[slug].record(row)}


def _read_game24(root: Path) -> Iterator[Record]:
    path = root / DATA_FOLDER / "game24_dataset/24/24.csv"
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


def _read_boxlift(root: Path) -> Iterator[Record]:
    for file in sorted((root / DATA_FOLDER / "BoxLift_dataset").glob("*/*/BoxLift.json")):
        stored = json.loads(file.read_text(encoding="utf-8"))
        if max(stored["boxes"]) > sum(stored["lifters"]):
            raise ValueError(f"{file}: a box is too heavy for all lifters together")
        limit = len(greedy(stored["boxes"], stored["lifters"]))
        answer = {**stored, "step_limit": limit, "derived_plan": []}
        yield _record(root, file.parent, json.dumps(stored), answer)


def _read_boxnet(root: Path) -> Iterator[Record]:
    for file in sorted((root / DATA_FOLDER / "BoxNet1_dataset").glob("*/*/pg_state*.json")):
        squares = json.loads(file.read_text(encoding="utf-8"))
        rows, columns = map(int, file.parent.parent.name.split("_")[-2:])
        answer = {"rows": rows, "cols": columns, "squares": squares, "derived_plan": []}
        yield _record(root, file.parent, json.dumps(squares), answer)


def _read_blocksworld(root: Path) -> Iterator[Record]:
    for file in sorted((root / DATA_FOLDER / "Blocksworld_dataset").glob("*/blocksworld_task.txt")):
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
    """Return the entries of a folder sorted by the numbers in their names; none if there is no folder."""
    entries = folder.glob(pattern) if folder.is_dir() else ()
    return sorted(entries, key=lambda entry: [int(number) for number in re.findall(r"\d+", entry.name)])


_PRODUCT_FILES: Final = ("input_value_list", "target_answer", "input_prompt_1")
_READERS: Final[dict[str, Callable[[Path], Iterator[Record]]]] = {
    **{slug: partial(_read_samples, folder) for slug, folder in FOLDERS.items()},
    **{
        slug: partial(_read_rows, slug, f"BIG-Bench-Hard/bbh/{name}.json")
        for slug, name in (
            ("date_understanding", "date_understanding"),
            ("logical_deduction", "logical_deduction_seven_objects"),
            ("navigation", "navigate"),
            ("web_of_lies", "web_of_lies"),
        )
    },
    "blocksworld": _read_blocksworld,
    "boxlift": _read_boxlift,
    "boxnet": _read_boxnet,
    "game24": _read_game24,
    "gsm_hard": partial(_read_rows, "gsm_hard", "gsmhardv2.jsonl"),
    "letters": _read_letters,
    "math_counting_probability": partial(_read_math, "math_counting_probability", "counting_and_probability"),
    "math_geometry": partial(_read_math, "math_geometry", "geometry"),
    "number_multiply": _read_products,
}
