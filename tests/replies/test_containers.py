"""Programs are found in every kind of block, at every indentation, and after any reasoning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.replies.answers import text_answer
from codesteer.replies.programs import extract_program

PROGRAM = "import math\ndef f(n):\n    return math.comb(n, 2)\nprint(f(10))"
TAGS = [
    *("python", "Python", "PYTHON", "python3", "python3.11", "py", "py3", "ipython", "ipython3", "pycon"),
    *("{python}", "{.python}", "{python, echo=FALSE}", "{.python .numberLines}", "python {linenos=true}"),
    *(
        'python title="main.py"',
        "python:main.py",
        "python main.py",
        "python # main",
        "tool_code",
        "python-repl",
    ),
    *(" python", "python ", "", "code", "Python 3", "python3.11 -u", "python (main program)"),
]
CONTAINERS = [
    *((f"```{tag}\n", "\n```") for tag in TAGS),
    *((f"~~~{tag}\n", "\n~~~") for tag in ("", "python", "py")),
    ("````python\n", "\n````"),
    ("```python\n", "```"),
    ("```python\n", "\n```\nThat prints 45."),
    ("```python\n", "\n``` and that is <<<45>>>"),
    ("```python\n", ""),
    ("[PYTHON]\n", "\n[/PYTHON]"),
    ("[PYTHON]", "[/PYTHON]"),
    ("<code>\n", "\n</code>"),
    ("<code>", "</code>"),
    ('<pre><code class="language-python">', "</code></pre>"),
    ("<python>\n", "\n</python>"),
    ("<execute>\n", "\n</execute>"),
    ("<execute_ipython>\n", "\n</execute_ipython>"),
    ("<tool_code>\n", "\n</tool_code>"),
    ("<code>\n```python\n", "\n```\n</code>"),
    ("<|python_tag|>", ""),
    ("<|python_tag|>", "<|eom_id|>"),
    ("<|python_start|>", "<|python_end|>"),
    ("```markdown\n# Solution\n\n```python\n", "\n```\n\nDone.\n```"),
    ("````markdown\n# Solution\n\n```python\n", "\n```\n````"),
    ("```md\n```\n", "\n```\n```"),
    ("```\nThe program:\n```python\n", "\n```\n```"),
    ("", ""),
]
PROSE = ["", "Here it is:\n", "Here it is: ", "I count pairs.\n\n", "1. Count\n2. Print\n\n"]
THOUGHTS = [
    "",
    "<think>\n```python\nprint('draft')\n```\n</think>\n",
    "```python\nprint('draft')\n```\n</think>\n",
]
bare = pytest.mark.parametrize("before", PROSE)


@pytest.mark.parametrize(("opening", "closing"), CONTAINERS)
@pytest.mark.parametrize("before", PROSE)
@pytest.mark.parametrize("thought", THOUGHTS)
def test_the_program_is_found(thought: str, before: str, opening: str, closing: str) -> None:
    if not opening:
        before = ""  # Only a reply that is nothing but a program is one without a container.
    assert extract_program(f"{thought}{before}{opening}{PROGRAM}{closing}") == PROGRAM


@pytest.mark.parametrize(
    "tag", ["bash", "sh", "json", "text", "output", "console", "c", "javascript", "sql", "r"]
)
def test_other_languages_are_not_programs(tag: str) -> None:
    assert extract_program(f"```{tag}\n{PROGRAM}\n```") is None
    assert extract_program(f"```{tag}\nx\n```\n```python\n{PROGRAM}\n```\n```{tag}\ny\n```") == PROGRAM


@pytest.mark.parametrize(
    "reply",
    [
        *(
            "",
            "The answer is 4.",
            "x = 5",
            "[1, 2, 3]",
            "42",
            "```\n4\n```",
            "```\nx = 5\n```",
            "```python\n```",
        ),
        *(
            "```\n1 2\n3 4\n```",
            "Use <code>print</code>.",
            "Write ```print```.",
            "<code>unclosed",
            "[PYTHON] tags",
        ),
        *(
            "```python\n<<<42>>>\n```",
            "```\n<<<42>>>\n```",
            "```json\n{}\n```",
            "<think>```python\nprint(1)\n```",
        ),
    ],
)
def test_replies_without_a_program(reply: str) -> None:
    assert extract_program(reply) is None


@pytest.mark.parametrize(
    ("marker", "indent"),
    [
        ("1. ", "   "),
        ("- ", "  "),
        ("* ", "  "),
        ("10) ", "    "),
        ("> ", "> "),
        ("", "    "),
        ("", "\t"),
        ("   ", " "),
    ],
)
@pytest.mark.parametrize("fence", ["```python", "```", "~~~py"])
def test_an_indented_block_is_dedented(marker: str, indent: str, fence: str) -> None:
    lines = "\n".join(indent + line for line in [*PROGRAM.split("\n"), fence[:3]])
    assert extract_program(f"Steps:\n\n{marker or indent}{fence}\n{lines}\n") == PROGRAM


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0c", "\x0b", "\x1c"])
def test_only_line_feeds_and_carriage_returns_break_lines(sign: str) -> None:
    program = f"text = 'a{sign}b'\nprint(len(text))"
    assert extract_program(f"```python\n{program}\n```") == program
    assert extract_program(program) == program


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_endings_are_accepted(ending: str) -> None:
    reply = f"So:\n```python\n{PROGRAM}\n```\n<<<1>>>".replace("\n", ending)
    assert extract_program(reply) == PROGRAM


@pytest.mark.parametrize(
    ("written", "program"),
    [
        (">>> x = 6\n>>> print(x * 7)\n42", "x = 6\nprint(x * 7)"),
        (">>> for i in range(2):\n...     print(i)\n...\n0\n1", "for i in range(2):\n    print(i)\n"),
        ("!pip install sympy\nimport sympy\nprint(1)", "import sympy\nprint(1)"),
        ("%matplotlib inline\nprint(1)", "print(1)"),
        ("x = 1\u2028print(x)", "x = 1\nprint(x)"),
        ("if 1:\n\u00a0\u00a0print(1)", "if 1:\n  print(1)"),
        ("print(1)\n\nThis prints 1.", "print(1)"),
        ("print(1)\n\nIt prints:\n\n- The number.\n\nThat is all!", "print(1)"),
        ("if 1 &lt; 2:\n    print(&quot;a&quot;)", 'if 1 < 2:\n    print("a")'),
    ],
)
def test_text_around_code_is_removed(written: str, program: str) -> None:
    found = extract_program(f"```python\n{written}\n```")
    assert found is not None
    assert found.strip("\n") == program.strip("\n")


def test_a_fence_inside_a_string_does_not_end_the_program() -> None:
    for program in (
        'text = """\n```\nhello\n```\n"""\nprint(text)',
        'text = """\n```python\nx\n```\n"""\nprint(text)',
        "print('''\n~~~\n''')",
        'print("use ``` for code")',
    ):
        assert extract_program(f"```python\n{program}\n```\nDone.") == program


def test_inline_blocks_count() -> None:
    assert extract_program("```python print(6 * 7)```") == "print(6 * 7)"
    assert extract_program("Run ```print(6 * 7)``` now") == "print(6 * 7)"


def test_code_on_the_fence_line_belongs_to_the_program() -> None:
    assert extract_program("```import math\nprint(math.pi)\n```") == "import math\nprint(math.pi)"
    assert extract_program("```python import math\nprint(math.pi)\n```") == "import math\nprint(math.pi)"


NUMBERS = st.integers(0, 99)
LINES = st.lists(NUMBERS.map(lambda n: f"    total += {n}"), min_size=1, max_size=4)


@given(
    st.sampled_from(CONTAINERS[:-1]),
    st.sampled_from(PROSE),
    st.sampled_from(THOUGHTS),
    st.sampled_from(["", " ", "  ", "    ", "\t"]),
    LINES,
)
def test_containers_indentation_and_reasoning_do_not_matter(
    container: tuple[str, str], before: str, thought: str, indent: str, lines: list[str]
) -> None:
    program = "\n".join(["total = 0", "for _ in range(2):", *lines, "print(total)"])
    block = container[0] + program + container[1]
    indented = "\n".join(indent + line for line in block.split("\n"))
    before = before if before.endswith("\n") else ""
    assert extract_program(thought + before + indented) == program


@given(st.text(alphabet=st.sampled_from("`~<>{}\\\npython =1()\"'boxed[PYTHON]/|"), max_size=200))
def test_any_text_is_parsed_without_an_error(text: str) -> None:
    extract_program(text)
    text_answer(text)
