"""A check that only states an answer is told from one that computes it."""

import pytest

from codesteer.checkers.stated_check import states_answer

HEAD = "import re\n\ndef is_correct(answer: str) -> bool:\n"
STATED = [
    "    return answer == '1'",
    "    return answer.strip().lower() == 'yes'",
    "    choice = answer.strip(' ().')\n    # Zoltan lies, so Fiona tells the truth.\n    return choice == 'Yes'",
    "    value = float(answer.replace(',', ''))\n    return value == 42.0",
    "    value = float(answer)\n    right = 42\n    return value == right",
    "    values = [int(n) for n in re.findall(r'-?\\d+', answer)]\n    return values == [3, 1, 2]",
    "    lines = [line.strip() for line in answer.splitlines() if line.strip()]\n    return lines == ['A', 'B']",
    "    lines = [one for one in answer.split() if one.isalpha()]\n    return lines == ['A', 'B']",
    "    value = float(answer)\n    if value != 42:\n        return False\n    return True",
    "    value = float(answer)\n    return abs(value - 42) < 1e-6",
    "    import math\n    return math.isclose(float(answer), 42.0, rel_tol=1e-9)",
    "    values = answer.split(',')\n    return len(values) == 3 and values == ['A', 'C', 'D']",
    "    return answer in ('A', 'C')",
    "    text = re.sub(r'\\s', '', answer)\n    assert text == 'ACD', 'not right'\n    return True",
    "    expected = 'A'\n    def same(one, other):\n        return one == other\n    return same(answer, expected)",
    "    values = answer.split()\n    return all(one == other for one, other in zip(values, ['A', 'B']))",
    "    return bool(re.fullmatch(r'134', answer.strip()))",
    "    return re.search(r'^134$', answer) is not None",
    "    return bool(re.match(r'\\bNo\\.', answer))",
    "    if len(QUESTION) == 0:\n        return False\n    return answer == '134'",
    "    if 'prime' not in QUESTION:\n        return False\n    return int(answer) == 134",
    "    if not QUESTION:\n        raise ValueError('empty')\n    return answer == '134'",
    "    return sorted(eval(answer)) == sorted([3, 1, 2])",
    "    return set(answer.split()) == set(['A', 'B'])",
    "    import ast\n    return ast.literal_eval(answer) == [[1, 2], [3]]",
    "    v = answer.split(',')\n    return v[0] == '1' and v[1] == '2'",
    "    match answer:\n        case '42':\n            return True\n    return False",
    "    match answer.strip():\n        case '42' | '42.0':\n            return True\n    return False",
    "    return int(answer) - 42 == 0",
    "    return answer.strip().startswith('42')",
    "    return {'42': True}.get(answer, False)",
    "    return int(answer) == int('42')",
    "    try:\n        return float(answer) == 42.0\n    except ValueError:\n        return False",
]
COMPUTED = [
    "    value = float(answer)\n    return value == 17 * 3",
    "    value = float(answer)\n    return value == sum(n for n in range(100) if n % 7 == 0)",
    "    value = float(answer)\n    return abs(value - sum([3, 4, 5])) < 1e-6",
    "    value = float(answer)\n    total = 0\n    for n in [3, 4]:\n        total += n\n    return value == total",
    "    values = [int(n) for n in re.findall(r'-?\\d+', answer)]\n    return values[0] + values[1] == 80",
    "    values = [int(n) for n in answer.split()]\n    return values[0] > values[1] and values[2] == 3",
    "    values = [int(n) for n in answer.split()]\n    return abs(values[0] - values[1]) == 2",
    "    value = int(answer)\n    return value * value == 1764",
    "    return int(answer) == len(re.findall('a', QUESTION))",
    "    return answer == grid[0][1]",
    "    primes = [n for n in range(2, 99) if all(n % d for d in range(2, n))]\n    return int(answer) == len(primes)",
    "    return eval(answer) == 24",
    "    best = max([3, 9, 4])\n    return float(answer) == best",
    "    return answer == ''.join(sorted('cab'))",
    "    from datetime import date, timedelta\n    return answer == str(date(2024, 2, 28) + timedelta(2))",
    "    if len(QUESTION) > 2:\n        right = 'A'\n    else:\n        right = 'B'\n    return answer == right",
    "    return sorted(answer) == sorted(QUESTION.split()[0])",
    "    if len(QUESTION) == 0:\n        return False\n    return int(answer) == sum(range(9))",
    "    return int(answer) - sum([4, 5]) == 0",
    "    total = sum(range(5))\n    return answer.startswith(str(total))",
    "    return eval(answer) == sum([1, 2, 3])",
    "    match int(answer):\n        case value if value == sum([1, 2]):\n            return True\n    return False",
    "    return re.fullmatch(str(sum([1, 2])), answer) is not None",
    "    if sum([1, 2]) > 2:\n        right = 'A'\n    else:\n        right = 'B'\n    return answer == right",
]
SILENT = [
    "    return len(QUESTION) > 3",
    "    return True",
    "    return bool(re.fullmatch(r'\\d+', answer))",
    "    values = answer.split()\n    return len(values) == 3",
]


@pytest.mark.parametrize("body", STATED)
def test_a_written_answer_is_stated(body: str) -> None:
    assert states_answer(HEAD + body, ("QUESTION", "grid"))


@pytest.mark.parametrize("body", [*COMPUTED, *SILENT])
def test_a_computation_is_a_test(body: str) -> None:
    assert not states_answer(HEAD + body, ("QUESTION", "grid"))


@pytest.mark.parametrize(
    "check",
    [
        "",
        "def is_correct(",
        "x = 1",
        "def is_correct():\n    return 1 == 2",
        "answer == 'A'",
        "\0",
        "(" * 5000,
    ],
)
def test_any_text_is_read(check: str) -> None:
    states_answer(check, ())


def test_the_answer_may_have_another_name_and_helpers() -> None:
    check = (
        "RIGHT = 'B'\n\ndef parse(text):\n    return text.strip(' ()')\n\n"
        "def is_correct(given: str) -> bool:\n    return parse(given) == RIGHT"
    )
    assert states_answer(check, ())


@pytest.mark.parametrize(
    "head",
    [
        "def is_correct(answer: str, expected: str = '134') -> bool:\n",
        "def is_correct(answer, *, expected='134'):\n",
        "def is_correct(answer, /, expected='134'):\n",
    ],
)
def test_defaults_are_what_the_model_wrote(head: str) -> None:
    assert states_answer(f"{head}    return answer == expected", ("QUESTION",))
    assert not states_answer(f"{head}    return answer == expected * len(QUESTION)", ("QUESTION",))
