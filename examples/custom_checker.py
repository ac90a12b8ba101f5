"""A checker of your own: exact for one kind of question, silent about every other."""

import ast
import asyncio
import operator
import re
from fractions import Fraction

from langchain_core.messages import HumanMessage

from codesteer import Context, create_codesteer, read_state
from codesteer.checkers.answer_report import AnswerReport, Verdict
from codesteer.checkers.port import ProposedAnswer

QUESTION = (
    "Use each of the numbers 9, 10, 11, 13 exactly once, with + - * / and brackets, to obtain 24. Answer with the "
    "expression in the format <<<expression>>>."
)
TARGET = re.compile(r"the numbers ([\d, ]+) exactly once.* to obtain (\d+)", re.DOTALL)
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class NumbersGame:
    """Evaluates the expression that a numbers game asks for."""

    name = "numbers_game"

    async def check(self, proposed: ProposedAnswer) -> AnswerReport:
        """Confirm or refute the answer to a numbers game; be unclear about other questions."""
        asked = TARGET.search(proposed.question)
        if asked is None:
            return AnswerReport(verdict=Verdict.UNCLEAR, reason="not a numbers game")
        numbers, target = sorted(map(int, re.findall(r"\d+", asked[1]))), int(asked[2])
        try:
            value = evaluate(ast.parse(proposed.answer, mode="eval").body)
        except (SyntaxError, ValueError, ZeroDivisionError):
            return AnswerReport(verdict=Verdict.REFUTED, reason="the answer is not an expression")
        if sorted(map(int, re.findall(r"\d+", proposed.answer))) != numbers:
            return AnswerReport(verdict=Verdict.REFUTED, reason="it does not use each number exactly once")
        if value != target:
            return AnswerReport(verdict=Verdict.REFUTED, reason=f"its value is {value}, not {target}")
        return AnswerReport(verdict=Verdict.CONFIRMED, reason=f"its value is {target}")


def evaluate(node: ast.expr) -> Fraction:
    """Evaluate an expression of integers exactly; raise ValueError for anything else."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return Fraction(OPERATORS[type(node.op)](evaluate(node.left), evaluate(node.right)))
    raise ValueError("not arithmetic")


async def main() -> None:
    """Print each answer with the checker's verdict."""
    graph = create_codesteer(checkers=[NumbersGame()]).compile()
    context = Context(task_model="openai:gpt-4o-mini", check_answer=False)
    result = read_state(await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, context=context))
    for turn in result["turns"]:
        report = turn.reports["numbers_game"]
        print(f"turn {turn.number}: {turn.answer} {report.verdict}: {report.reason}")
    print(result["answer"], result["outcome"])


if __name__ == "__main__":
    asyncio.run(main())
