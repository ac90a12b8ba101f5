"""For any text and any damaged program there is a report, and it is the same each time."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from codesteer.checkers.code_analysis import analyze_code
from codesteer.checkers.code_report import BLOCKING_FINDINGS, CodeReport

PROGRAMS = [path.read_text() for path in sorted((Path(__file__).parent / "programs").glob("*.txt"))]
TOKENS = """( ) [ ] { } : , . = == += := * ** - not and or if else elif for in while def class return yield await async
    lambda try except finally with as match case print global nonlocal del assert raise break continue pass import from
    x y f 0 1 'a' f'{x}' ; @ ~ -> ... None True self QUESTION result <<< \\d"""
FRAGMENTS = st.sampled_from([*TOKENS.split(), "\n", "\n\t", "\n    "])


def assert_sound(report: CodeReport) -> None:
    assert report.complexity >= 0
    assert (report.complexity > 0) == (report.answer_origin in ("computed", "mixed"))
    if report.findings and report.findings[0].kind in BLOCKING_FINDINGS:
        assert report.answer_origin == "none"
        assert len(report.findings) == 1


@given(st.text(st.characters(), max_size=400))
def test_any_text(text: str) -> None:
    report = analyze_code(text)
    assert_sound(report)
    assert report == analyze_code(text)


@given(st.lists(FRAGMENTS, max_size=60))
@settings(max_examples=300)
def test_any_sequence_of_tokens(tokens: list[str]) -> None:
    assert_sound(analyze_code(" ".join(tokens)))


@given(st.sampled_from(PROGRAMS), st.data())
@settings(max_examples=200)
def test_damaged_programs(program: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(program)))
        end = data.draw(st.integers(start, min(len(program), start + 30)))
        program = program[:start] + data.draw(st.one_of(FRAGMENTS, st.just(""))) + program[end:]
    assert_sound(analyze_code(program))


@given(st.sampled_from(PROGRAMS), st.data())
@settings(max_examples=200)
def test_programs_with_lines_left_out_or_swapped(program: str, data: st.DataObject) -> None:
    lines = program.splitlines()
    first = data.draw(st.integers(0, len(lines) - 1))
    second = data.draw(st.integers(0, len(lines) - 1))
    lines[first], lines[second] = lines[second], lines[first]
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    assert_sound(analyze_code("\n".join(lines)))


@given(st.one_of(st.integers(), st.floats(), st.text(st.characters(codec="utf-8")), st.booleans()))
def test_any_printed_constant_is_a_literal(value: object) -> None:
    shown = any(sign.isalnum() for sign in str(value))
    report = analyze_code(f"result = {value!r}\nprint('<<<' + str(result) + '>>>')")
    named = isinstance(value, float) and not (float("-inf") < value < float("inf"))
    assert named or report.answer_origin == "literal" or not shown


@given(
    st.recursive(
        st.integers(0, 9) | st.text("ab", max_size=3), lambda item: st.lists(item, max_size=3), max_leaves=9
    )
)
def test_any_printed_data_is_a_literal_and_its_length_is_not(value: object) -> None:
    data = [value, "x"]
    assert analyze_code(f"plan = {data!r}\nprint(plan)").answer_origin == "literal"
    assert analyze_code(f"plan = {data!r}\nprint(len(plan))").answer_origin == "computed"
