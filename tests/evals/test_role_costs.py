"""Reports tell what a guide's and a checker's model cost beside the task model."""

from pathlib import Path

import pytest
from tests.evals.test_runner import PROGRAM, command
from tests.support.endpoint import serve
from tests.support.results import result
from tests.support.training import tiny_llama

from codesteer.evals.plan import new_plan
from codesteer.evals.record import RunRecord
from codesteer.evals.report.content import build_content
from codesteer.evals.report.markdown import markdown
from codesteer.evals.report.page import page
from codesteer.evals.report.run import Run
from codesteer.evals.results import Result, read_results
from codesteer.evals.role_costs import role_costs
from codesteer.evals.selection import ItemSelection
from codesteer.guides.choices import LABELS
from codesteer.models.adapters import ModelMetadata, write_metadata
from codesteer.models.pretrained import find_pretrained, load_tokenizer, load_weights
from codesteer.models.usage import Usage

TASK = Usage(calls=2, input_tokens=200, output_tokens=100, seconds=4.0)
GUIDE = Usage(calls=1, input_tokens=50, seconds=0.5)
RULES, GUIDED = "steer:rules", "steer:hf:guide"


def guided(item: str, **usage: Usage) -> Result:
    record = RunRecord(outcome="returned", answer="1", usage=usage, model_seconds=4.5)
    return result(GUIDED, item=item, solved=True, run=record)


RESULTS = [
    result(RULES, solved=True),
    guided("1", task=TASK, guide=GUIDE),
    guided("2", task=TASK),
    result(GUIDED, item="3", solved=False, run=None, strict="error"),
]


def test_costs_are_means_over_all_problems_with_a_record() -> None:
    task, guide = role_costs(RESULTS)
    assert (task.method, task.role, task.calls, task.input_tokens) == (GUIDED, "task", 2.0, 200.0)
    assert (guide.role, guide.calls, guide.input_tokens, guide.output_tokens) == ("guide", 0.5, 25.0, 0.0)
    assert (task.seconds, guide.seconds) == (4.0, 0.25)


def test_methods_without_a_guides_model_are_left_out() -> None:
    assert role_costs([result(RULES, solved=True), result("code", solved=False)]) == []
    assert role_costs([]) == []


def test_both_reports_show_them() -> None:
    plan = new_plan(methods=(RULES, GUIDED), model="m", selection=ItemSelection(), samples=2)
    content = build_content([Run(plan, RESULTS)])
    assert f"| `{GUIDED}` | guide | 0.5 | 25 | 0 | 0.2 |" in markdown(content)
    assert f"<td><code>{GUIDED}</code><td>guide<td>0.5<td>25<td>0<td>0.2" in page(content)
    only_rules = build_content([Run(plan, RESULTS[:1])])
    assert "Cost by role" not in markdown(only_rules)
    assert "<th>role" not in page(only_rules)


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.timeout(300)
def test_the_time_of_a_guide_in_this_process_counts(tmp_path: Path) -> None:
    base, guide = tiny_llama(tmp_path / "base", ["code text return"]), tmp_path / "guide"
    model = load_weights(base, "fp32", LABELS)
    model.config.pad_token_id = load_tokenizer(base).pad_token_id
    model.save_pretrained(guide)
    load_tokenizer(base).save_pretrained(guide)
    fingerprint = find_pretrained(str(base)).fingerprint
    write_metadata(guide, ModelMetadata(base=str(base), fingerprint=fingerprint, labels=LABELS))
    with serve(PROGRAM) as endpoint:
        options = ("--methods", f"steer-no-answer-check:hf:{guide}", "--max-turns", "2")
        done = command(endpoint.url, tmp_path / "run", *options)
    assert done.returncode == 0, done.stderr
    for one in read_results(tmp_path / "run"):
        assert one.run is not None
        used = one.run.usage["guide"]
        assert (used.calls > 0, used.output_tokens) == (True, 0)
        assert one.run.model_seconds > used.seconds > 0
        assert not any(turn.fallback for turn in one.run.turns)
