"""A worker with known abilities, and models of a few thousand weights, for everything around training."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from langchain_core.messages import BaseMessage
from tests.support.models import RecordingModel, code
from tests.support.sandboxes import printed

from codesteer.graph.context import Context
from codesteer.sandboxes.execution import ExecutionResult, Limits
from codesteer.sandboxes.port import SandboxDescription
from codesteer.symbench import Item, load_task
from codesteer.training.explorer import Explorer
from codesteer.training.proposers import open_proposer
from codesteer.training.questions import QuestionSelection, draw_questions
from codesteer.training.recipe import Recipe
from codesteer.training.trajectories import CollectionResult, TrajectorySettings, collect_trajectories

TASKS = ("game24", "light_puzzles", "string_insertion")
BY_TEXT = "light_puzzles"
"""The task that the worker solves in words; all others it solves with programs only."""
SETTINGS = TrajectorySettings(
    context=Context(check_answer=False, max_turns=3),
    guides=("rules", "return", "code", "text"),
    widths=(2, 2),
)


class Worker(RecordingModel):
    """Solves questions it knows the answer of: one task in words, the others with a program."""

    answers: dict[str, str]
    by_text: frozenset[str]

    def next_reply(self, messages: list[BaseMessage]) -> str:
        question = next(known for known in self.answers if messages[0].text.startswith(known))
        programs = "program" in messages[-1].text.removeprefix(question)
        able = programs != (question in self.by_text)
        answer = self.answers[question] if able else "no idea"
        return program_for(answer) if programs else f"<<<{answer}>>>"


def program_for(answer: str) -> str:
    """A program that computes its answer, as far as the symbolic checker can tell."""
    letters = [ord(letter) for letter in answer]
    lines = [f"letters = {letters}", "result = ''", "for letter in letters:", "    result += chr(letter)"]
    return code("\n".join([*lines, "print('<<<' + str(result) + '>>>')"]))


class WorkersSandbox:
    """Prints what the worker's programs would print."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def run(self, program: str, limits: Limits | None = None) -> ExecutionResult:
        found = re.search(r"^letters = (.*)$", program, re.MULTILINE)
        assert found, program
        return printed(f"<<<{''.join(map(chr, json.loads(found[1])))}>>>\n")

    def describe(self) -> SandboxDescription:
        return SandboxDescription(kind="scripted", strength="none", detail="prepared results", packages=())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def selection(per_task: int, *tasks: str) -> QuestionSelection:
    return QuestionSelection(tasks=tasks or TASKS, per_task=per_task, levels=(1, 2))


def worker(items: Sequence[Item[Any, Any]]) -> Worker:
    answers = {item.question: load_task(item.task).format_answer(item.answer) for item in items}
    return Worker(answers=answers, by_text=frozenset(item.question for item in items if item.task == BY_TEXT))


def explorer(chosen: QuestionSelection, settings: TrajectorySettings = SETTINGS) -> Explorer:
    return Explorer(
        context=settings.context,
        proposers=tuple(open_proposer(name) for name in settings.guides),
        widths=settings.widths,
        task_model=worker(draw_questions(chosen, {}).items),
        sandbox=WorkersSandbox(),
    )


SPECIAL = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")


def tiny_llama(
    folder: Path, texts: Sequence[str], template: bool = True, seed: int = 0, width: int = 64
) -> Path:
    """A Llama-3 architecture with random weights, a tokenizer of its own and the Llama-3 chat template."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
    from trl.chat_template_utils import llama3_chat_template

    torch.manual_seed(seed)
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=1500, special_tokens=list(SPECIAL), show_progress=False, initial_alphabet=alphabet
    )
    pieces.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        bos_token=SPECIAL[0],
        eos_token=SPECIAL[4],
        pad_token=SPECIAL[1],
        chat_template=llama3_chat_template if template else None,
    )
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tiny_recipe(base: Path, lora: dict[str, Any] | None = None, **changes: dict[str, Any]) -> Recipe:
    """A recipe of seconds; ``changes`` are fields of its parts."""
    schedule = {"batch_size": 4, "log_steps": 5, "eval_steps": 1000, "save_steps": 1000}
    parts: dict[str, dict[str, Any]] = {
        "hardware": {"device": "cpu", "precision": "fp32", "threads": 1},
        "sft": {**schedule, "epochs": 100, "max_steps": 110, "learning_rate": 8e-3},
        "dpo": {**schedule, "epochs": 100, "max_steps": 10, "learning_rate": 1e-3},
    }
    for name, fields in changes.items():
        parts[name] = {**parts[name], **fields}
    return Recipe.model_validate({"base": str(base), "max_length": 2048, "lora": lora, **parts})


def gather(folder: Path, per_task: int = 1, **options: object) -> CollectionResult:
    """Collect trees with the scripted explorer."""
    chosen = selection(per_task)
    return collect_trajectories(folder, SETTINGS, chosen, explorer=explorer(selection(3)), **options)  # type: ignore[arg-type]
