"""The report as Markdown, for a README or a pull request."""

from collections.abc import Iterable, Sequence

from codesteer.evals.learning_curve import WINDOW
from codesteer.evals.plan import Plan
from codesteer.evals.report.content import Content
from codesteer.evals.report.formatting import (
    counted,
    interval,
    percent,
    points,
    score,
    score_interval,
    short,
    signed,
)
from codesteer.evals.report.headline import headline
from codesteer.evals.scores import PAPER_COLUMNS


def markdown(content: Content) -> str:
    """Return the summary, the paired differences and the rates by task as Markdown tables."""
    parts = [
        f"# Comparison of methods: {', '.join(content.models)}",
        headline(content.summaries, content.paired),
        about(content),
        "## Methods",
        _summary(content),
        "## Attempts, selection and cost",
        _attempts(content),
        "## Paired differences",
        _paired(content),
        _roles(content),
        _experience(content),
        _curves(content),
        "## Tasks",
        _tasks(content),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def about(content: Content) -> str:
    """Describe the run in one line."""
    plans = content.plans
    sources = " and ".join(dict.fromkeys(plan.selection.source for plan in plans))
    origins = " or ".join(filter(None, dict.fromkeys(map(_origin, plans))))
    budgets = " or ".join(dict.fromkeys(map(_budget, plans)))
    versions = ", ".join(dict.fromkeys(plan.version for plan in plans))
    prompts = ", ".join(sorted({plan.prompts for plan in plans}))
    return (
        f"{content.problems} {sources} items of {len(content.rates)} tasks{origins and ', '}{origins}; {budgets}; "
        f"codesteer {versions}, prompts {prompts}."
    )


def _origin(plan: Plan) -> str:
    """Describe how the items were drawn and in which order they were asked."""
    generated = plan.selection.source not in ("official", "verified")
    seed = [f"seed {plan.selection.seed}"] if generated else []
    order = [f"a stream in mixed order, {plan.concurrency} at a time"] if plan.stream else []
    return ", ".join([*seed, *order])


def _budget(plan: Plan) -> str:
    """Describe the sampling, the limits and the store."""
    temperature = (
        "the server's temperature" if plan.temperature is None else f"temperature {plan.temperature:g}"
    )
    tokens = f", {plan.max_tokens} tokens per problem" if plan.max_tokens else ""
    limits = f"{plan.max_turns} turns, up to {plan.candidates} at once{tokens}"
    return f"{temperature}, at most {limits}{_store(plan)}"


def _store(plan: Plan) -> str:
    """Describe the store of experience."""
    if plan.experience is None:
        return ""
    return f"; experience of {plan.experience.records} records (hash {plan.experience.digest})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are numbers."""
    lines = [f"| {' | '.join(head)} |", f"|---|{'--:|' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _summary(content: Content) -> str:
    head = ["method", "n", "solved (95 %)", "published score", "normalised (95 %)", "within run"]
    head += ["calls", "tokens in", "cached", "out", "seconds", "US$"]
    return table(
        head,
        (
            [
                f"`{line.method}`",
                str(line.problems),
                interval(line.strict),
                percent(line.published.value),
                score_interval(line.normalised),
                score(line.normalised_own),
                f"{line.cost.calls:.1f}",
                short(line.cost.input_tokens),
                short(line.cost.cached_tokens),
                short(line.cost.output_tokens),
                f"{line.cost.seconds:.1f}",
                f"{line.cost.dollars:.4f}",
            ]
            for line in content.summaries
        ),
    )


def _attempts(content: Content) -> str:
    head = ["method", "attempts", "solved (95 %)", "pass@k (95 %)", "lost by selection, points"]
    head += ["not generated, points", "tokens", "tokens allowed", "seconds"]
    return table(
        head,
        (
            [
                f"`{line.method}`",
                f"{line.cost.turns:.1f}",
                interval(line.strict),
                interval(line.pass_at_k) if line.pass_at_k else "",
                points(line.selection_loss) if line.pass_at_k else "",
                points(line.generation_gap),
                short(line.cost.tokens),
                short(line.cost.tokens_allowed) if line.cost.tokens_allowed is not None else "",
                f"{line.cost.seconds:.1f}",
            ]
            for line in content.summaries
        ),
    )


def _paired(content: Content) -> str:
    if not content.paired:
        return ""
    rows = (
        [
            f"`{pair.method}` over `{pair.other}`",
            str(pair.problems),
            f"{pair.wins} : {pair.losses}",
            signed(pair.rate),
            signed(pair.normalised),
        ]
        for pair in content.paired
    )
    head = ["", "n", "solved alone", "mean task rate, points (95 %)", "normalised, points (95 %)"]
    return table(head, rows)


def _roles(content: Content) -> str:
    if not content.role_costs:
        return ""
    head = ["method", "role", "calls", "tokens in", "out", "seconds waited"]
    rows = (
        [
            f"`{cost.method}`",
            cost.role,
            f"{cost.calls:.1f}",
            short(cost.input_tokens),
            short(cost.output_tokens),
            f"{cost.seconds:.1f}",
        ]
        for cost in content.role_costs
    )
    return "## Cost by role\n\nMeans per problem.\n\n" + table(head, rows)


def _experience(content: Content) -> str:
    if not content.experience:
        return ""
    head = ["method", "n", "remembered program run", "answered by it alone", "with the model's support"]
    head += ["wrong because of it", "failures of the store"]
    rows = (
        [
            f"`{line.method}`",
            str(line.problems),
            *(
                counted(number, line.problems)
                for number in (line.recalled, line.alone, line.supported, line.wrong, line.failures)
            ),
        ]
        for line in content.experience
    )
    return "## Experience\n\n" + table(head, rows)


def _curves(content: Content) -> str:
    """Return the means after every ``WINDOW`` questions, and at the end."""
    if not content.curves:
        return ""
    last = max(point.questions for point in content.curves)
    rows = (
        [
            str(point.questions),
            f"`{point.method}`",
            percent(point.solved),
            short(point.tokens),
        ]
        for point in sorted(content.curves, key=lambda point: point.questions)
        if point.questions % WINDOW == 0 or point.questions == last
    )
    title = f"## Learning curve\n\nMeans over the last {WINDOW} questions.\n\n"
    return title + table(["questions seen", "method", "solved", "tokens"], rows)


def _tasks(content: Content) -> str:
    head = ["task", *(f"`{method}`" for method in content.methods), *PAPER_COLUMNS.values()]
    rows = []
    for task, rates in content.rates.items():
        ours = [percent(rates[method].value) if method in rates else "" for method in content.methods]
        paper_rates = content.paper_rates.get(task, {})
        theirs = [percent(paper_rates[column]) if column in paper_rates else "" for column in PAPER_COLUMNS]
        rows.append([task, *ours, *theirs])
    return table(head, rows)
