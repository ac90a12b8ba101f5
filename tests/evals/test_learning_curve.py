"""The report shows what remembered programs did, and how score and tokens change in a stream."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.evals.test_report_charts import marks
from tests.support.results import result, turn
from tests.support.stores import METHOD, NAMESPACE

from codesteer.evals.diagnostics import experience_use
from codesteer.evals.learning_curve import STEP, WINDOW, learning_curves
from codesteer.evals.plan import UsedStore, new_plan
from codesteer.evals.record import RunRecord
from codesteer.evals.report.content import Content, build_content
from codesteer.evals.report.markdown import markdown
from codesteer.evals.report.page import page
from codesteer.evals.report.run import Run
from codesteer.evals.results import Result
from codesteer.evals.selection import ItemSelection

PLAN = new_plan(
    methods=("code", METHOD),
    model="m",
    selection=ItemSelection(source="dev"),
    samples=2,
    experience=UsedStore(namespace=NAMESPACE, records=3, digest="abc"),
    stream=True,
)


def skill_run(answer: str, *own: str) -> RunRecord:
    """A run whose remembered program answered 7, and the task model what is given."""
    turns = (turn(answer="7", recalled="key"), *(turn(answer=one) for one in own))
    return RunRecord(outcome="returned", answer=answer, turns=turns)


def test_answers_are_attributed_to_remembered_programs() -> None:
    runs: list[tuple[RunRecord, bool]] = [
        (skill_run("7"), True),
        (skill_run("7", "8"), False),
        (skill_run("7", "7.0"), False),
        (skill_run("7", "7", "7"), False),
        (skill_run("8", "8", "8"), False),
        (RunRecord(outcome="returned", answer="7", turns=(turn(answer="7"),)), False),
        (RunRecord(outcome="failed", answer="", turns=(turn(answer=None, recalled="key"),)), False),
    ]
    results = [
        result(METHOD, item=str(number), solved=solved, run=run) for number, (run, solved) in enumerate(runs)
    ]
    failed = RunRecord(outcome="returned", answer="7", experience_note="the store of experience failed")
    results.append(result(METHOD, item="failed", solved=True, run=failed))
    (use,) = experience_use([*results, result("code", solved=True)])
    assert (use.method, use.problems, use.recalled) == (METHOD, 8, 6)
    assert (use.alone, use.supported, use.wrong, use.failures) == (2, 2, 2, 1)


def test_a_learning_curve_is_a_mean_over_the_last_questions() -> None:
    results = [
        result("code", item=str(place), solved=place > WINDOW, place=place)
        for place in range(2 * WINDOW + 1, 0, -1)
    ]
    points = learning_curves([*results, result("text", solved=True)])
    assert [point.questions for point in points] == [*range(STEP, 2 * WINDOW + 1, STEP), 2 * WINDOW + 1]
    assert [point.solved for point in points if point.questions in (STEP, WINDOW, 30, 2 * WINDOW)] == [
        0,
        0,
        0.5,
        1,
    ]
    assert {point.tokens for point in points} == {150}


@pytest.mark.parametrize(
    ("places", "points"),
    [
        (range(21, 41), {25: 1.0, 30: 0.5, 35: 1 / 3, 40: 0.25}),
        ([*range(1, 6), 40], {5: 0.0, 10: 0.0, 15: 0.0, 20: 0.0, 40: 0.0}),
        ([23], {23: 1.0}),
        ([3], {3: 0.0}),
        ([22, 26], {25: 1.0, 26: 0.5}),
    ],
)
def test_questions_without_a_score_are_seen_too(places: Sequence[int], points: dict[int, float]) -> None:
    results = [result("code", item=str(place), solved=20 < place <= 25, place=place) for place in places]
    failed = [
        result("code", item=str(place), solved=False, strict="error", place=place)
        for place in set(range(1, 41)) - set(places)
    ]
    found = {point.questions: point.solved for point in learning_curves([*failed, *results])}
    assert found == pytest.approx(points)


def streamed(method: str, questions: int) -> list[Result]:
    """Results of a stream, of which the second half is solved."""
    return [
        result(method, item=str(place), solved=2 * place > questions, place=place)
        for place in range(1, questions + 1)
    ]


@pytest.fixture(scope="module")
def content() -> Content:
    remembered = [
        replace(one, run=skill_run("7")) if one.solved else one for one in streamed(METHOD, 2 * WINDOW)
    ]
    return build_content([Run(PLAN, [*streamed("code", 2 * WINDOW), *remembered])])


def test_the_curve_is_drawn_and_each_point_says_its_values(content: Content) -> None:
    html = page(content)
    for chart in ("Problems solved against questions seen", "Tokens per problem against questions seen"):
        texts = marks(html, chart)
        assert len(texts) == 2 * (2 * WINDOW // STEP)
        assert f"code, {WINDOW} questions seen: solved 0 %, 150 tokens per problem" in texts
        assert f"{METHOD}, {2 * WINDOW} questions seen: solved 100 %, 0 tokens per problem" in texts
    assert (
        f"<td><code>{METHOD}</code><td>40<td>20 (50 %)<td>20 (50 %)<td>0 (0 %)<td>0 (0 %)<td>0 (0 %)" in html
    )


def test_markdown_has_the_curve_and_the_store(content: Content) -> None:
    text = markdown(content)
    assert f"| `{METHOD}` | 40 | 20 (50 %) | 20 (50 %) | 0 (0 %) | 0 (0 %) | 0 (0 %) |" in text
    assert f"| {WINDOW} | `{METHOD}` | 0 % | 150 |\n| {2 * WINDOW} | `code` | 100 % | 150 |" in text
    assert "tasks, seed 0, a stream in mixed order, 1 at a time; temperature" in text
    assert "experience of 3 records (hash abc)" in text


def test_other_reports_have_neither() -> None:
    plain = new_plan(methods=("code",), model="m", selection=ItemSelection(), samples=1)
    content = build_content([Run(plain, [result("code", solved=True)])])
    for text in (markdown(content), page(content)):
        assert ("Experience" in text, "Learning curve" in text, "questions seen" in text) == (
            False,
            False,
            False,
        )
