"""Stores of experience are identified by content, refused if they know a question, and checked after a stream."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from tests.support.models import ScriptedModel
from tests.support.results import result
from tests.support.stores import (
    METHOD,
    NAMESPACE,
    REPLIES,
    digest,
    fill_store,
    items,
)

from codesteer.errors import ConfigurationError
from codesteer.evals.engine.given_store import GivenStore
from codesteer.evals.engine.tasks import as_stream, symbench
from codesteer.evals.engine.unreadable_logs import UNREADABLE_FOLDER, set_stream_aside
from codesteer.evals.experience import learnt_records, overtaken_streams, require_experience
from codesteer.evals.items import item_name
from codesteer.evals.methods.registry import load_method
from codesteer.evals.plan import Plan, new_plan, read_plan, save_plan
from codesteer.evals.record import PLACE_KEY
from codesteer.evals.results import RESULTS_FILE, Result, read_results, read_stored, store_results
from codesteer.evals.selection import ItemSelection
from codesteer.evals.stores import describe_store, stream_store
from codesteer.experience.store_file import open_store_file
from codesteer.graph.context import Context
from codesteer.nodes.runtime import Resources
from codesteer.sandboxes.factory import open_sandbox
from codesteer.symbench import Item

SELECTION = ItemSelection(tasks=("letters",), level=1)
PLAN = new_plan(methods=(METHOD,), model="m", selection=SELECTION, samples=4)


def using(file: Path | None, **fields: Any) -> Plan:
    return replace(PLAN, experience=describe_store(file, NAMESPACE), **fields)


def test_a_store_is_identified_by_what_it_holds(tmp_path: Path) -> None:
    store = fill_store(tmp_path / "store.sqlite", *items(2))
    used = describe_store(store, NAMESPACE)
    assert used.records == 1
    shutil.copy(store, tmp_path / "copy.sqlite")
    assert digest(tmp_path / "copy.sqlite") == used.digest
    assert describe_store(store, ("others",)).records == 0
    fill_store(tmp_path / "copy.sqlite", *items(1, first=2))
    grown = describe_store(tmp_path / "copy.sqlite", NAMESPACE)
    assert (grown.records, grown.digest == used.digest) == (1, False), "evidence counts, too"


@pytest.mark.parametrize(
    ("namespace", "message"), [((), "at least one label"), (("a.b",), "'a.b' is no label")]
)
def test_an_invalid_namespace_is_refused(namespace: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        describe_store(None, namespace)


def test_a_file_that_is_no_store_is_refused_and_none_is_created(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="unable to open"):
        describe_store(tmp_path / "missing.sqlite", NAMESPACE)
    assert not (tmp_path / "missing.sqlite").exists()
    whole = fill_store(tmp_path / "whole.sqlite", *items(2)).read_bytes()
    (tmp_path / "truncated.sqlite").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ConfigurationError, match="malformed"):
        describe_store(tmp_path / "truncated.sqlite", NAMESPACE)
    (tmp_path / "thesis.tex").write_text("text " * 1000)
    with pytest.raises(ConfigurationError, match="not a database"):
        describe_store(tmp_path / "thesis.tex", NAMESPACE)


def test_a_plan_keeps_the_content_of_the_store_but_not_its_place(tmp_path: Path) -> None:
    plan = using(fill_store(tmp_path / "store.sqlite", *items(2)))
    save_plan(plan, tmp_path / "run")
    assert str(tmp_path) not in (tmp_path / "run/run.json").read_text()
    moved = (tmp_path / "store.sqlite").rename(tmp_path / "moved.sqlite")
    save_plan(using(moved), tmp_path / "run")
    with pytest.raises(ConfigurationError, match=r"experience .*records=1.*, now .*records=0"):
        save_plan(using(None), tmp_path / "run")


def test_methods_without_experience_can_be_added_before_and_after(tmp_path: Path) -> None:
    plain = replace(PLAN, methods=("code",))
    plan = using(fill_store(tmp_path / "store.sqlite", *items(2)))
    for one in (plain, plan, plain):
        save_plan(one, tmp_path)
    assert plan.experience is not None
    assert read_plan(tmp_path).experience == replace(plan.experience, file=None)
    assert read_plan(tmp_path).methods == ("code", METHOD)


def test_a_stream_is_another_run_and_cannot_be_made_longer(tmp_path: Path) -> None:
    save_plan(using(None, stream=True), tmp_path)
    with pytest.raises(ConfigurationError, match="samples 4, now 5"):
        save_plan(using(None, stream=True, samples=5), tmp_path)
    with pytest.raises(ConfigurationError, match="stream True, now False"):
        save_plan(using(None), tmp_path)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (PLAN, f"{METHOD} needs a store of experience".replace("+", r"\+")),
        (using(None, methods=("code",)), "no method uses --experience"),
    ],
)
def test_a_missing_and_an_unused_store_are_refused(plan: Plan, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        require_experience(plan)


def test_a_store_that_knows_questions_is_refused_by_name(tmp_path: Path) -> None:
    asked = items(4, "test")
    clean = fill_store(tmp_path / "clean.sqlite", *items(3))
    require_experience(using(clean))
    leaking = fill_store(tmp_path / "leaking.sqlite", *items(2), asked[3], asked[1])
    with pytest.raises(ConfigurationError, match="knows 2 of the questions, the first is") as refusal:
        require_experience(using(leaking))
    assert asked[1].id in str(refusal.value)
    require_experience(using(leaking, samples=1))


def test_inspect_alone_says_how_to_give_a_store() -> None:
    with pytest.raises(ConfigurationError, match="use 'codesteer eval run' with --experience"):
        symbench(method=METHOD, tasks="letters")


def test_the_method_checks_no_answers() -> None:
    method = load_method(METHOD)
    assert (method.guide, method.settings) == ("rules", {"check_answer": False})


def test_a_stream_mixes_the_tasks_in_an_order_of_its_own() -> None:
    def order(seed: int) -> list[str]:
        task = as_stream(symbench(method="code", tasks="letters,number_multiply", samples=6), seed)
        assert [sample.metadata[PLACE_KEY] for sample in task.dataset if sample.metadata] == list(
            range(1, 13)
        )
        return [str(sample.id) for sample in task.dataset]

    assert order(0) == order(0)
    assert order(0) != order(1)
    assert sorted(order(0)) == sorted(order(1))
    assert len({name.partition("/")[0] for name in order(0)[:6]}) == 2


def test_wrong_records_of_a_stream_are_counted(tmp_path: Path) -> None:
    right, wrong, *_ = items(4, "test")
    plan = using(None, stream=True)
    assert learnt_records(plan, tmp_path) == []
    file = stream_store(tmp_path, METHOD)
    fill_store(file, *items(2))
    assert [(one.records, one.wrong) for one in learnt_records(plan, tmp_path)] == [(0, 0)]
    fill_store(file, right, program="print('<<<right>>>')")
    fill_store(file, replace(wrong, answer=(0, ())), program="print('<<<wrong>>>')")
    assert [(one.records, one.wrong) for one in learnt_records(plan, tmp_path)] == [(2, 1)]
    assert learnt_records(using(None), tmp_path) == []


KNOWN = items(4, "test")


def answered(*known: Item[Any, Any], **fields: Any) -> list[Result]:
    return [replace(result(METHOD, solved=True, **fields), item=item_name(item)) for item in known]


@pytest.mark.parametrize(
    ("learnt", "results", "concurrency", "overtaken"),
    [
        (0, [], 1, False),
        (1, [], 1, True),
        (4, [], 8, True),
        (4, answered(*KNOWN), 1, False),
        (4, answered(*KNOWN[:3]), 1, False),
        (4, answered(*KNOWN[:2]), 1, True),
        (4, answered(*KNOWN[:2]), 2, False),
        (2, answered(*KNOWN[:2]), 1, False),
        (4, answered(*KNOWN[:3], strict="error"), 3, True),
    ],
)
def test_a_stream_that_knows_questions_without_results_is_recognised(
    learnt: int, results: list[Result], concurrency: int, overtaken: bool, tmp_path: Path
) -> None:
    plan = using(None, stream=True, concurrency=concurrency)
    save_plan(plan, tmp_path)
    fill_store(stream_store(tmp_path, METHOD), *KNOWN[:learnt])
    if results:
        store_results(results, tmp_path / RESULTS_FILE)
    assert overtaken_streams(plan, tmp_path) == [METHOD] * overtaken
    assert overtaken_streams(using(None, concurrency=concurrency), tmp_path) == [], "no stream"


def test_questions_that_the_given_store_did_not_know_are_no_news_in_a_new_stream(tmp_path: Path) -> None:
    plan = using(fill_store(tmp_path / "store.sqlite", *items(2)), stream=True)
    assert overtaken_streams(plan, tmp_path / "run") == []


def test_a_stream_set_aside_begins_anew_and_loses_nothing(tmp_path: Path) -> None:
    plan = using(None, stream=True)
    save_plan(plan, tmp_path)
    store = fill_store(stream_store(tmp_path, METHOD), *KNOWN)
    content = digest(store)
    other = result("code", solved=True)
    store_results([*answered(KNOWN[0]), other], tmp_path / RESULTS_FILE)
    lines: list[str] = []
    set_stream_aside(tmp_path, METHOD, lines.append)
    aside = tmp_path / UNREADABLE_FOLDER / "steer-experience-rules"
    assert not store.exists()
    assert digest(aside / store.name) == content
    assert read_results(tmp_path) == [other]
    assert len(list(read_stored(aside / RESULTS_FILE))) == 2
    assert [line.endswith(str(aside)) for line in lines] == [True]
    assert overtaken_streams(plan, tmp_path) == []


class EmbeddedModel(ScriptedModel):
    """Stands for the embedded model, as the evaluation's model does."""

    embedded: bool = True


@pytest.mark.parametrize(("kind", "shown"), [(ScriptedModel, True), (EmbeddedModel, False)])
async def test_the_embedded_model_is_shown_no_worked_example(
    kind: type[ScriptedModel], shown: bool, tmp_path: Path
) -> None:
    earlier, asked = items(2)
    file = await asyncio.to_thread(fill_store, tmp_path / "store.sqlite", earlier, program="print('<<<3>>>')")
    model, method = kind(script=list(REPLIES)), load_method(METHOD)
    with open_store_file(file, read_only=True) as store:
        given = GivenStore(store=store, namespace=NAMESPACE, learn=False, embedded=False)
        resources = Resources(task_model=model, sandbox=open_sandbox("local"))
        graph = method.build(resources).compile(store=store)
        question: Any = {"messages": [HumanMessage(asked.question)]}
        await graph.ainvoke(question, context=Context(**method.settings, **given.settings))
    assert ("print('<<<3>>>')" in str(model.asked[0])) is shown
