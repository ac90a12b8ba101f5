"""Answers are extracted from marks and prose, never from the code of a program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesteer.replies.answer_marks import last_bracketed
from codesteer.replies.answers import extract_answer, output_answer, text_answer
from codesteer.replies.repetition import is_repetitive

TEMPLATE = "print('<<<'+str(f(10))+'>>>')"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("so <<<42>>>", "42"),
        ("<<<1>>> no, <<<2>>>", "2"),
        ("<<<[[1, 2],\n[3, 4]]>>>", "[[1, 2],\n[3, 4]]"),
        ("<<<76>>\nand then <<<77>>>", "77"),
        ("<<<76> … <<<77>>>", "77"),
        ("<<<<<<42>>>>>>", "42"),
        ("<<<<42>>>>", "42"),
        ("<<< 42 >>>", "42"),
        ("**<<<42>>>**", "42"),
        ("<<<**42**>>>", "42"),
        ("`<<<42>>>`", "42"),
        ("<<<`42`>>>", "42"),
        (r"<<<\boxed{42}>>>", "42"),
        (r"<<<$\boxed{42}$>>>", "42"),
        (r"\boxed{<<<42>>>}", "42"),
        (r"\[<<<42>>>\]", "42"),
        ("<<<```\n42\n```>>>", "42"),
        ("<<<\n```text\n42\n```\n>>>", "42"),
        ("＜＜＜42＞＞＞", "42"),
        ("&lt;&lt;&lt;42&gt;&gt;&gt;", "42"),
        (r"\<\<\<42\>\>\>", "42"),
        ("<<<x > 3>>>", "x > 3"),
        ("<<<a -> b>>>", "a -> b"),
        ("<<<*,0,1,*>>>", "*,0,1,*"),
        ("<<<*01*\n**10\n01**\n1**0>>>", "*01*\n**10\n01**\n1**0"),
        ("<<<**01\n0110\n1001\n10**>>>", "**01\n0110\n1001\n10**"),
        ("<<<**,*,0,**>>>", "**,*,0,**"),
        ("<<<**>>>", "**"),
        ("<<<****>>>", "****"),
        ("<<<`a`b`>>>", "`a`b`"),
        ('{"answer": "<<<42>>>"}', "42"),
        ("<<<42>>> \\boxed{41}", "42"),
        ("no mark at all", None),
    ],
)
def test_the_last_complete_mark_counts(text: str, answer: str | None) -> None:
    assert extract_answer(text) == answer
    assert find(text) == answer


def find(text: str) -> str | None:
    """The benchmark's reading of the same text."""
    from codesteer.symbench.parsing import find_answers

    found = find_answers(text)
    return found[0].text.strip() if found and found[0].marked else None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Put it between <<< and >>>.", None),
        ("Put it between `<<<` and `>>>`.", None),
        ("between '<<<' and '>>>': 42", None),
        ("between the marks <<< (three signs) and >>>", None),
        ("between <<< or >>>", None),
        ("<<<answer>>>", None),
        ("<<<your answer>>>", None),
        ("<<<[answer]>>>", None),
        ("<<<number>>>", None),
        ("<<<...>>>", None),
        ("<<<list of values and symbols>>>", None),
        ("<<<letters separated by commas>>>", None),
        ("<<<a string representing the outcome>>>", None),
        ("<<<string of 3>>>", "string of 3"),
        ("<<<>>>", None),
        ("<<<   >>>", None),
        ("<<<42>>>, given between <<< and >>> as asked", "42"),
        ("I use the form <<<answer>>>. <<<42>>>", "42"),
        ("<<<42>>> in the form <<<answer>>>", "42"),
        ("<<<and>>>", "and"),
        ("<<<AND>>>", "AND"),
        ("<<<the answer to it all>>>", "the answer to it all"),
    ],
)
def test_placeholders_are_not_answers(text: str, answer: str | None) -> None:
    assert extract_answer(text) == answer
    assert find(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("so:\n<<<answer>>> 16 days", "16 days"),
        ("**<<<answer>>>:** -4.5", "-4.5"),
        ("**<<<answer>>>: -4.5**", "-4.5"),
        ("<<<answer>>> 0,1,*,*", "0,1,*,*"),
        ("- <<<answer>>> = [1, 2]", "[1, 2]"),
        ("<<<answer>>> 7\n<<<8>>>", "8"),
        ("I end with <<<answer>>> at the end", None),
        ("<<<answer>>>.", None),
        ("<<<answer>>>\n5", None),
    ],
)
def test_what_follows_a_copied_placeholder_counts_if_there_is_no_mark(text: str, answer: str | None) -> None:
    assert extract_answer(text) == answer
    assert find(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<<<42>>", "42"),
        ("<<<42>", "42"),
        ("<<<42", "42"),
        ("<<<42>> is it", "42"),
        ("<<<42\nbecause", "42"),
        ("<<<76>>\n\n>>> print(76)", "76"),
        ("<<<[[1, 2],\n[3, 4]]", "[[1, 2],\n[3, 4]]"),
        ("<<<\nMove A\nMove B", "Move A\nMove B"),
        ("<<<Step 1: a\nStep 2: b", "Step 1: a\nStep 2: b"),
        ("<<<1 2\n3 4\nThat is it.", "1 2\n3 4"),
        ("<<<f,c\nc,b\ng,f>>", "f,c\nc,b\ng,f"),
        ("<<<f,c\nc,b\ng,f\nThat is it.", "f,c\nc,b\ng,f"),
        ("<<<f c\nc b\n\nThat is it.", "f c\nc b"),
        ("<<<*,0\n0,*\n1,1>>", "*,0\n0,*\n1,1"),
        ("<<<'f', 'c'\n'c', 'f'>>", "'f', 'c'\n'c', 'f'"),
        ("<<<1,2\n3,4>> as asked", "1,2\n3,4"),
        ("<<<f\nI, too, like it", "f"),
        ("<<<Paris\nIt is in France.", "Paris"),
        ("<<<41>>> then <<<42", "41"),
        ("<<<41>> then \\boxed{42}", "42"),
    ],
)
def test_an_unclosed_mark_counts_if_there_is_no_other(text: str, answer: str) -> None:
    assert extract_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"thus \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        (r"\boxed {7}", "7"),
        (r"\boxed  {7}", "7"),
        (r"\fbox{7}", "7"),
        (r"\fbox {7}", "7"),
        (r"\framebox{7}", "7"),
        (r"$\boxed 7$", "7"),
        (r"\boxed 7.", "7"),
        (r"\boxed{\boxed{7}}", "7"),
        (r"\boxed{6} no, \boxed{7}", "7"),
        (r"\boxed{7} and \boxed{}", "7"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed{7", "7"),
        (r"\boxedly{7}", None),
        (r"\boxed{}", None),
        ("<answer>7</answer>", "7"),
        ("<answer> 7 </answer> as asked", "7"),
        ("<final_answer>7</final_answer>", "7"),
        ("《《《7》》》", "7"),
    ],
)
def test_boxes_and_tags_mark_answers(text: str, answer: str | None) -> None:
    assert extract_answer(text) == answer


@pytest.mark.parametrize(
    "reply",
    [
        f"```python\ndef f(n):\n    return n\n{TEMPLATE}\n```",
        f"```\ndef f(n:\n    return n\n{TEMPLATE}\n```",
        f"```{{python}}\nf(\n{TEMPLATE}\n```",
        f"```whatever\nf(\n{TEMPLATE}\n```",
        f"~~~\nf(\n{TEMPLATE}",
        f"[PYTHON]\nf(\n{TEMPLATE}\n[/PYTHON]",
        f"<code>\nf(\n{TEMPLATE}\n</code>",
        f"1. Run\n   ```\n   f(\n   {TEMPLATE}\n   ```",
        f"def f(n:\n{TEMPLATE}",
        f"x = 1\n{TEMPLATE}",
        f"`{TEMPLATE}`",
        "```\nprint('<<<42>>>'\n```",
        "```\nprint('<<<', 42, '>>>'\n```",
        "```js\nconsole.log(`<<<${f(10)}>>>`)\n```",
        '```go\nfmt.Println("<<<" + a + ">>>")\n```',
        'print(f"<<<{x}>>>"',
        "print('<<<%d>>>' % x",
        "```python\nprint('<<<42>>>')",
    ],
)
def test_marks_in_a_program_are_not_answers(reply: str) -> None:
    assert extract_answer(reply) is None
    assert find(reply) is None


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (f"```\nf(\n{TEMPLATE}\n```", None),
        (f"Here is the program:\n```\nf(\n{TEMPLATE}\n```", None),
        (f"I wrote a program for this.\n```\nf(\n{TEMPLATE}\n```", None),
        (f"```\nf(\n{TEMPLATE}\n```\nRun this code.", None),
        (f"The code gives 4.\n```\nf(\n{TEMPLATE}\n```", "The code gives 4."),
        ("```\ndef f(:\n    return 1\n```", None),
        ("```python\nprint(1)\n```", None),
        ("import math\nprint(math.pi)", None),
        (f"The answer is 4.\n```\nf(\n{TEMPLATE}\n```", "The answer is 4."),
        (f"```\nf(\n{TEMPLATE}\n```\nThat is 4.", "That is 4."),
        (f"<<<3>>>\n```\nf(\n{TEMPLATE}\n```", "3"),
        ("The capital is Paris.", "The capital is Paris."),
        ("Use this:\n```bash\nls -l\n```", "Use this:\n```bash\nls -l\n```"),
        ("The board:\n```\nX.O\n.X.\n```", "The board:\n```\nX.O\n.X.\n```"),
        ("```\n<<<[[1, 2],\n[3, 4]]>>>\n```", "[[1, 2],\n[3, 4]]"),
        ("```text\n<<<42>>>\n```", "42"),
        ("```text What it prints\nx\n```\n<<<42>>>", "42"),
        ("```\nI add them up.\nIt is <<<42>>>.\n```", "42"),
        ("```text\nIt is 42.\n```", "It is 42."),
        ("```\n42\n```", "42"),
        ("```\nX.O\n.X.\n```", "X.O\n.X."),
        ("```markdown\nSo it is <<<42>>>.\n```", "42"),
        ("<think>it is <<<1>>></think>", None),
        ("<think>it is <<<1>>>", None),
        ("<think>it is <<<1>>></think>It is 2.", "It is 2."),
        ("it is <<<1>>></think>\nIt is 2.", "It is 2."),
        ("```\n<<<\n1 2\n3 4\n>>>\n```", "1 2\n3 4"),
        ("The grid is:\n```\n<<<\n1 2\n3 4\n>>>\n```", "1 2\n3 4"),
        ("The grid is:\n> ```\n> <<<\n> 1 2\n> >>>\n> ```", "1 2"),
        ("The grid is:\n- ```\n  <<<\n  1 2\n  >>>\n  ```", "1 2"),
        ("The answer is:\n```\nAnswer: <<<42>>>\n```", "42"),
        ("The answer is:\n```text\nAnswer: <<<42>>>\n```", "42"),
        ("The answer is:\n```latex\n\\boxed{42}\n```", "42"),
        ('```json\n{"answer": "<<<42>>>"}\n```', "42"),
        ('As asked:\n```yaml\nanswer: "<<<42>>>"\n```', "42"),
        ("```\nFirst <<<41>>>\n```\nthen\n```\n<<<42>>>\n```", "42"),
        ("```python\n<<<[(1.0, 0.5)]>>>\n```", "[(1.0, 0.5)]"),
        ("Result:\n```\n42\n>>>\n```", "Result:\n```\n42\n>>>\n```"),
        ("```\n!important\n```", "!important"),
        ("The program:\n```js\nshow(`<<<${f(10)}>>>`)\n```", None),
        ("The program:\n```\nshow(`<<<${f(10)}>>>`)\n```", None),
        (f"Here is the program:\n\nx = 1\n{TEMPLATE}", None),
        (f"Here is the program:\n\ndef f(n:\n    return n\n{TEMPLATE}", None),
        ("It is <<<3>>>, as this shows:\n\nimport math\nprint(math.sqrt(9))", "3"),
        ("Here is the program:\n\nprint(2 + 1)\n\nIt is <<<3>>>.", "3"),
        ("", None),
        (" \n", None),
        ("<<<>>>", None),
    ],
)
def test_prose_answers(reply: str, answer: str | None) -> None:
    assert text_answer(reply) == answer


def test_a_truncated_reply_needs_a_marked_answer() -> None:
    assert text_answer("It is prob", truncated=True) is None
    assert text_answer("It is <<<4>>> because", truncated=True) == "4"


@pytest.mark.parametrize(
    "reply", ["<<<4", "It is <<<4", "<<<[1, [2", r"\boxed{4", "<<<1>>>\n<<<2", "```\n<<<4", ""]
)
def test_a_mark_at_the_end_of_a_truncated_reply_may_lack_a_part(reply: str) -> None:
    assert text_answer(reply, truncated=True) in (None, "1")


@pytest.mark.parametrize(
    "reply", ["<<<4>>>", "<<<4>>>\n", "<<<4\nbecause", "<<<4>> so", r"\boxed{4}", "<answer>4</answer>"]
)
def test_a_whole_mark_in_a_truncated_reply_is_the_answer(reply: str) -> None:
    assert text_answer(reply, truncated=True) == "4"


def test_a_guides_mark_may_contain_any_text() -> None:
    assert last_bracketed("<<<Return Answer>>> or <<<answer>>>") == "answer"
    assert last_bracketed("nothing") is None


def test_repetition_is_detected() -> None:
    assert is_repetitive("start " + "the same sentence again and again, it never seems to end at all, " * 8)
    assert not is_repetitive("a short reply")
    assert not is_repetitive("\n".join(f"line {i} differs from line {i + 1}" for i in range(200)))


ANSWERS = st.text(alphabet="abcxyz0123456789 ,.[]()+-*/", min_size=1, max_size=30).filter(
    lambda text: text.strip(" .`*_") == text
)


@given(ANSWERS, st.sampled_from(["", "So: ", "First <<<1>>>, then ", "between <<< and >>>: ", "<<<1>> no "]))
def test_any_marked_answer_round_trips(answer: str, before: str) -> None:
    assert extract_answer(f"{before}<<<{answer}>>>") == answer
    assert extract_answer(f"<think>{before}<<<2>>></think>{before}<<<{answer}>>> is the answer.") == answer


@given(st.text(alphabet=st.sampled_from("<>{}\\\n boxedfand`'\"print(f+"), max_size=120))
def test_any_text_is_parsed_without_an_error(text: str) -> None:
    extract_answer(text)
    text_answer(text)
    output_answer(text)


def test_a_line_copied_from_the_instructions_does_not_hide_the_answer_before_it() -> None:
    reply = (
        "Thus, these are left:\n<<<B, A>>>\n\nFinal answer:\n<<<B, A>>>\n\nprint('<<<' + str(result) + '>>>')"
    )
    assert text_answer(reply) == "B, A"


@pytest.mark.parametrize(
    "line",
    [
        "return to the first rule;",
        "using the rule",
        "let x be 3",
        "public places are open",
        "private rooms",
        "package tours",
        "function of x",
        "var is small",
        "const is a constant",
        "puts it there",
        "echo of it",
        "import taxes rise",
        "class of 3:",
        "for all x:",
        "if so:",
        "if it rains:",
        "with that:",
        "while it rains:",
        "try: it is easy",
        "else: no",
    ],
)
@pytest.mark.parametrize("tag", ["text", "output", "answer"])
def test_prose_in_a_block_of_text_may_begin_with_a_keyword(line: str, tag: str) -> None:
    block = f"```{tag}\n{line}\n<<<42>>>\n```"
    assert text_answer(block) == "42"
    assert text_answer(f"So:\n{block}\nThat is it.") == "42"


@pytest.mark.parametrize(
    "code",
    [
        "for x in y:\n    total += <<<x>>>",
        "if (x > 3) {\n  y = '<<<1>>>'\n}",
        "if x == 3:\n    y = f'<<<{x}>>>'",
        "return f(x) + '<<<1>>>'",
        "const x = 5;\ny = `<<<${x}>>>`",
        "function f() {\n  show('<<<1>>>')\n}",
        'puts "<<<#{x}>>>"',
        "using namespace std;\ncout << <<<1>>>;",
        "public static void main() {\n  show(<<<1>>>);\n}",
        "package main;\nx := <<<1>>>",
        "import os.path\nx = <<<1>>>",
        "with open('a') as f:\n    x = <<<1>>>",
    ],
)
def test_code_in_a_block_of_text_is_no_answer(code: str) -> None:
    assert text_answer(f"```text\n{code}\n```") is None
