"""Reasoning is stripped whatever its tags; a tag that is only mentioned does not start reasoning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai._util.content import ContentReasoning
from inspect_ai.model._reasoning import reasoning_to_think_tag
from langchain_core.messages import AIMessage

from codesteer.models.completion import read_completion
from codesteer.replies.answers import text_answer
from codesteer.replies.programs import extract_program
from codesteer.replies.reasoning import strip_reasoning

DRAFT = "I draft <<<41>>>:\n```python\nprint('draft')\n```\nand doubt."
REPLY = "So it is <<<42>>>."
PAIRS = [
    ("<think>", "</think>"),
    ("<THINK>", "</THINK>"),
    ('<think signature="a&gt;b" redacted="true">', "</think>"),
    ("<think note='2 > 1'>", "</think >"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ('<reasoning effort="high">', "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
]


@pytest.mark.parametrize(
    "thought",
    [
        "a",
        "```python\nprint('draft')\n```",
        "use ```python",
        "is it `x`?",
        'he said "x".',
        "so [1, 2]",
        "x = 1;",
    ],
)
@pytest.mark.parametrize("tag", ["<think>", '<think sig="x">', "<thinking>"])
@pytest.mark.parametrize(
    ("reply", "program", "answer"),
    [
        ("```python\nprint(1)\n```", "print(1)", None),
        ("~~~\nprint(1)\n~~~", "print(1)", None),
        ("<<<5>>>", None, "5"),
        ('"Paris"', None, '"Paris"'),
        ("[1, 2]", None, "[1, 2]"),
        ("(B)", None, "(B)"),
        ("42", None, "42"),
    ],
)
def test_the_reply_may_follow_its_reasoning_directly(
    thought: str, tag: str, reply: str, program: str | None, answer: str | None
) -> None:
    name = tag.strip("<>").partition(" ")[0]
    whole = f"{tag}{thought}</{name}>{reply}"
    assert extract_program(whole) == program
    if program is None:
        assert text_answer(strip_reasoning(whole), truncated=False) == answer


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_reasoning_is_stripped(opening: str, closing: str, gap: str) -> None:
    assert strip_reasoning(f"{opening}{gap}{DRAFT}{gap}{closing}{gap}{REPLY}") == REPLY


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_a_reply_truncated_in_its_reasoning_is_empty(opening: str, closing: str) -> None:
    assert strip_reasoning(f"{opening}{DRAFT}") == ""
    assert extract_program(f"{opening}\n{DRAFT}") is None
    assert text_answer(f"{opening}\n{DRAFT}") is None
    assert text_answer(f"{opening}{DRAFT}{closing}") is None


@pytest.mark.parametrize(
    "reply",
    [
        f"{DRAFT}\n</think>\n\n{REPLY}",
        f"{DRAFT}</think>{REPLY}",
        f"{DRAFT} </think> {REPLY}",
        f"{DRAFT}</thinking>\n{REPLY}",
        f"{DRAFT}[/THINK]{REPLY}",
        f"```python\nprint('draft that never closes')\n</think>\n{REPLY}",
        f"one</think>two</think>{REPLY}",
        f"<think>one</think>\n<think>two</think>\n{REPLY}",
        f"<think>\n<think>inner {DRAFT}</think>\nouter {DRAFT}\n</think>\n{REPLY}",
        f"<think>I write `</think>` when I am done.</think>{REPLY}",
        f"<think>I use <think> tags. {DRAFT}</think>{REPLY}",
        f"\n  <think>{DRAFT}</think>\n\n{REPLY}\n<think>was that right?</think>",
        f"{REPLY}\n<think>\nor is it {DRAFT}",
    ],
)
def test_only_the_reply_is_left(reply: str) -> None:
    assert strip_reasoning(reply) == REPLY


@pytest.mark.parametrize(
    "reply",
    [
        "The `<think>` tag opens thoughts. <<<42>>>",
        "I never write <think> or </think> tags. <<<42>>>",
        "I do not use\n<think> tags here. <<<42>>>",
        "It ends with </think>. <<<42>>>",
        "The tag '<think>' is closed by '</think>': <<<42>>>",
        "```python\ns = '<think>'\nprint(s, '<<<42>>>')\n```",
        '```python\ns = """\n<think>\nno thought\n</think>\n"""\nprint(s)\n```',
        "```html\n<think>\n```\n<<<42>>>",
        'print("<think>")\nprint("</think>")',
        's = """\n<think>\nx\n</think>\n"""\nprint(s)',
        "<thinker>no</thinker> <<<42>>>",
        "2 < think > 1",
        "",
    ],
)
def test_a_mentioned_tag_is_not_reasoning(reply: str) -> None:
    assert strip_reasoning(reply) == reply


def test_inspects_reasoning_tags_are_stripped() -> None:
    for content in (
        ContentReasoning(reasoning=DRAFT),
        ContentReasoning(reasoning=DRAFT, signature='{"a": "<b>"}', redacted=True, summary="s"),
        ContentReasoning(reasoning=DRAFT, internal={"id": 1}),
    ):
        assert strip_reasoning(f"\n{reasoning_to_think_tag(content)}\n{REPLY}") == REPLY


@pytest.mark.parametrize(
    "thought",
    [
        {"type": "thinking", "thinking": DRAFT, "signature": "s"},
        {"type": "reasoning", "reasoning": DRAFT},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": DRAFT}]},
        {"type": "thinking", "thinking": [{"type": "text", "text": DRAFT}]},
        {"type": "redacted_thinking", "data": DRAFT},
    ],
)
def test_reasoning_content_blocks_are_not_text(thought: dict[str, object]) -> None:
    message = AIMessage([thought, {"type": "text", "text": REPLY}])
    assert read_completion(message, [], 0.0).text == REPLY
    assert read_completion(AIMessage([thought]), [], 0.0).text == ""


@given(
    st.sampled_from(PAIRS),
    st.text(alphabet="ab `'\"\n.<>", max_size=30).filter(lambda text: "<" not in text),
    st.integers(1, 3),
)
def test_reasoning_never_reaches_the_reply(pair: tuple[str, str], noise: str, count: int) -> None:
    thoughts = "".join(f"{pair[0]}\n{noise}SECRET{noise}\n{pair[1]}\n" for _ in range(count))
    spoken = strip_reasoning(thoughts + REPLY)
    assert "SECRET" not in spoken
    assert spoken.endswith(REPLY)


@given(st.text(alphabet=st.sampled_from("<>/think[]THINK`'\n \"ab"), max_size=80))
def test_any_text_is_parsed_without_an_error(text: str) -> None:
    assert strip_reasoning(text) in text or len(strip_reasoning(text)) <= len(text)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("<thinking>", "</think>"), ("<think>", "</thinking>"), ("<reasoning>", "</thought>")],
)
def test_a_closing_tag_of_another_name_ends_reasoning(opening: str, closing: str) -> None:
    for gap in ("", "\n", "\n\n"):
        assert strip_reasoning(f"{opening}{gap}{DRAFT}{gap}{closing}{gap}{REPLY}") == REPLY
    assert strip_reasoning(f"<think>a {opening}b{closing} c</think>{REPLY}") == REPLY
    assert strip_reasoning("<think>a <thinking>b</thinking> c <<<1>>>") == ""
    assert strip_reasoning("<think>I end with `</thinking>` later. <<<1>>>") == ""


@pytest.mark.parametrize(
    "framed",
    [
        "{}<|return|>",
        "{}<|im_end|>",
        "{}<|eot_id|>\n",
        "{}</s>",
        "{}<eos><eos>",
        "{}<end_of_turn>\n</s>",
        "<|START_RESPONSE|>{}<|END_RESPONSE|>",
        "<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>{}<|END_RESPONSE|>",
        "<|begin_of_solution|>{}<|end_of_solution|>",
        "<|begin_of_thought|>a<|end_of_thought|>\n<|begin_of_solution|>{}<|end_of_solution|>",
        "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>{}<|return|>",
    ],
)
def test_tokens_around_a_reply_are_no_part_of_it(framed: str) -> None:
    for reply in ("2", REPLY, "a\n\nb", "The token <|return|> ends it."):
        assert strip_reasoning(framed.format(reply)) == reply
    assert extract_program(framed.format("```python\nprint(1)\n```")) == "print(1)"


@pytest.mark.parametrize("reply", ["`<|return|>`", "print('<eos>')", "2 <|return|> 3", "<eos> begins"])
def test_such_tokens_within_a_reply_stay(reply: str) -> None:
    assert strip_reasoning(reply) == reply
