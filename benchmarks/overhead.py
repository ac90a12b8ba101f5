"""What steering costs besides models and programs: a full turn, a wave of candidates, and importing the package.

Run: python benchmarks/overhead.py
"""

import asyncio
import statistics
import subprocess
import sys
import time
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from codesteer.graph.context import Context
from codesteer.graph.workflow import create_codesteer
from codesteer.guides.decision import Action, Decision, Mode
from codesteer.guides.port import GuideInput
from codesteer.sandboxes.execution import ExecutionResult, ExecutionStatus, Limits
from codesteer.sandboxes.port import SandboxDescription

RUNS, WARM_UP, IMPORTS, WAVES = 200, 20, 5, 5
CANDIDATES, SLOW_SECONDS = 3, 1.0
SOLVE = (
    "```python\ntotal = 0\nfor n in range(10):\n    total += n * n\nprint('<<<' + str(total) + '>>>')\n```"
)
TEST = (
    "```python\nprint('CONFIRMED' if int(ANSWER) == sum(n * n for n in range(10)) else 'REFUTED: sum')\n```"
)


class InstantModel(BaseChatModel):
    """Writes the same program for the same kind of request, after a given time."""

    seconds: float = 0.0

    @property
    def _llm_type(self) -> str:
        return "instant"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        text = TEST if "Proposed answer" in messages[-1].text else SOLVE
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    async def _agenerate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        await asyncio.sleep(self.seconds)
        return self._generate(messages)


class InstantSandbox:
    """Gives the output of the two programs without running them."""

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        """Answer at once."""
        output = "CONFIRMED" if "ANSWER" in program else "<<<285>>>"
        return ExecutionResult(status=ExecutionStatus.OK, stdout=output, exit_code=0)

    def describe(self) -> SandboxDescription:
        """Say what this is."""
        return SandboxDescription(kind="instant", strength="none", detail="runs nothing")


async def turn_milliseconds() -> list[float]:
    """Time whole runs of one turn: guide, generate, execute, both checks, guide, finish."""
    graph = create_codesteer(task_model=InstantModel(), sandbox=InstantSandbox()).compile()  # type: ignore[arg-type]
    question: Any = {"messages": [HumanMessage("What is the sum of the squares of the numbers 0 to 9?")]}
    times = []
    for _ in range(RUNS + WARM_UP):
        start = time.perf_counter()
        result = await graph.ainvoke(question, context=Context(candidates=1))
        times.append((time.perf_counter() - start) * 1000)
        assert (result["answer"], len(result["turns"])) == ("285", 1)
    return times[WARM_UP:]


class WaveGuide:
    """Asks for candidates once, then returns."""

    name = "wave"

    async def decide(self, guide_input: GuideInput) -> Decision:
        """Decide at once."""
        action = Action.RETURN if guide_input.attempts else Action.CODE
        candidates = 1 if guide_input.attempts else CANDIDATES
        return Decision(action=action, mode=Mode.CODE, candidates=candidates, reason="", guide=self.name)


async def wave_seconds() -> list[float]:
    """Time whole runs of one wave of candidates with a model that takes a second."""
    model, sandbox = InstantModel(seconds=SLOW_SECONDS), InstantSandbox()
    graph = create_codesteer(task_model=model, guide=WaveGuide(), sandbox=sandbox).compile()  # type: ignore[arg-type]
    question: Any = {"messages": [HumanMessage("What is the sum of the squares of the numbers 0 to 9?")]}
    times = []
    for _ in range(WAVES):
        start = time.perf_counter()
        result = await graph.ainvoke(question, context=Context(candidates=CANDIDATES))
        times.append(time.perf_counter() - start)
        assert len(result["turns"]) == CANDIDATES
    return times


def import_seconds(module: str) -> float:
    """Median time of a fresh interpreter that imports a module, less that of one that imports nothing."""

    def median(statement: str) -> float:
        times = []
        for _ in range(IMPORTS):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    return median(f"import {module}") - median("pass")


def main() -> None:
    """Print the medians."""
    times = asyncio.run(turn_milliseconds())
    ninth = statistics.quantiles(times, n=10)[-1]
    print(f"one full turn: median {statistics.median(times):.1f} ms, p90 {ninth:.1f} ms over {RUNS} runs")
    waves = asyncio.run(wave_seconds())
    print(
        f"a wave of {CANDIDATES} with a model of {SLOW_SECONDS:.0f} s: median {statistics.median(waves):.3f} s"
    )
    for module in ("codesteer", "codesteer.graph.workflow"):
        print(f"import {module}: {import_seconds(module):.2f} s")


if __name__ == "__main__":
    main()
