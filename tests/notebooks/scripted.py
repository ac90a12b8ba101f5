"""The model behind the stored notebooks: knows a few questions, wrong in words, right in its second program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.endpoint import completion
from tests.support.models import code

Request = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the model says to one kind of question."""

    sign: str
    """Words that only this kind of question has."""
    words: str
    """Its reply when it reasons in words."""
    programs: tuple[str, ...]
    """Its programs, one an attempt; the last one again and again."""
    check: str
    """Its program that tests an answer."""


PRODUCT = Part(
    sign="5343235 * 143433327",
    words="5.3 million times 143 million is about 766 million million. <<<766000000000000>>>",
    programs=("result = 5343235 * 143433327\nprint('<<<' + str(result) + '>>>')",),
    check="""
def is_correct(answer: str) -> bool:
    a, b, total = 5343235, 143433327, 0
    for place, digit in enumerate(reversed(str(b))):
        total += a * int(digit) * 10**place
    assert int(answer) == total, 'long multiplication gives another number'
    return True
""",
)
PRIMES = Part(
    sign="How many primes lie between 1000 and 2000",
    words="About one number in 7.46 is prime there, and 1000 / 7.46 is 134. <<<134>>>",
    programs=(
        """
def is_prime(number):
    return all(number % divisor for divisor in range(2, 42))

result = sum(is_prime(number) for number in range(1000, 2001))
print('<<<' + str(result) + '>>>')
""",
        """
sieve = [True] * 2001
for number in range(2, 45):
    if sieve[number]:
        for multiple in range(number * number, 2001, number):
            sieve[multiple] = False
result = sum(sieve[1000:])
print('<<<' + str(result) + '>>>')
""",
    ),
    check="""
def is_correct(answer: str) -> bool:
    primes = [n for n in range(1001, 2000) if all(n % d for d in range(2, int(n**0.5) + 1))]
    assert int(answer) == len(primes), 'trial division up to the square root counts another number of primes'
    return True
""",
)
MULTIPLY = Part(
    sign="Compute the exact product",
    words="That is roughly a million. <<<1000000>>>",
    programs=(
        """
import math, re
factors = re.findall(r'-?\\d+', QUESTION.split('product')[1].split('.')[0])
result = math.prod(map(int, factors))
print('<<<' + str(result) + '>>>')
""",
    ),
    check="""
import re

def is_correct(answer: str) -> bool:
    product = 1
    for factor in re.findall(r'-?\\d+', QUESTION.split('product')[1].split('.')[0]):
        product *= int(factor)
    assert int(answer) == product, 'the factors give another product'
    return True
""",
)
LETTERS = Part(
    sign="at which positions",
    words="I look through the word letter by letter. <<<Count: 3, Positions: [1, 4, 7]>>>",
    programs=(
        """
import re
letter, word = re.findall(r"'([a-z]+)'", QUESTION)[:2]
places = [place for place, sign in enumerate(word, 1) if sign == letter]
result = f'Count: {len(places)}, Positions: {places}'
print('<<<' + result + '>>>')
""",
    ),
    check="""
import re

def is_correct(answer: str) -> bool:
    letter, word = re.findall(r"'([a-z]+)'", QUESTION)[:2]
    count, *places = map(int, re.findall(r'\\d+', answer))
    right = [place for place, sign in enumerate(word, 1) if sign == letter]
    assert count == len(right) and places == right, 'not the positions of the letter'
    return True
""",
)
GAME24 = Part(
    sign="arithmetic expression with the value 24",
    words="Adding and subtracting should do. <<<12+12>>>",
    programs=(
        """
import itertools, re
numbers = re.findall(r'\\d+', QUESTION.split('times): ')[1].split('.')[0])
for order in itertools.permutations(numbers):
    for signs in itertools.product('+-*/', repeat=len(numbers) - 1):
        text = order[0] + ''.join(sign + number for sign, number in zip(signs, order[1:]))
        if eval(text) = 24:
            result = text
print('<<<' + str(result) + '>>>')
""",
        """
import re
from fractions import Fraction

def search(terms):
    if len(terms) == 1:
        return terms[0][1] if terms[0][0] == 24 else None
    for i, (a, left) in enumerate(terms):
        for j, (b, right) in enumerate(terms):
            if i == j:
                continue
            rest = [term for k, term in enumerate(terms) if k not in (i, j)]
            values = [(a + b, '+'), (a - b, '-'), (a * b, '*')] + ([(a / b, '/')] if b else [])
            for value, sign in values:
                if found := search(rest + [(value, f'({left}{sign}{right})')]):
                    return found
    return None

numbers = re.findall(r'\\d+', QUESTION.split('times): ')[1].split('.')[0])
result = search([(Fraction(number), number) for number in numbers])
print('<<<' + str(result) + '>>>')
""",
    ),
    check="""
import re

def is_correct(answer: str) -> bool:
    numbers = sorted(re.findall(r'\\d+', QUESTION.split('times): ')[1].split('.')[0]))
    assert sorted(re.findall(r'\\d+', answer)) == numbers, 'other numbers than the given ones'
    assert abs(eval(answer) - 24) < 1e-9, 'the value is not 24'
    return True
""",
)
PARTS = (PRODUCT, PRIMES, MULTIPLY, LETTERS, GAME24)


def play(request: Request) -> tuple[int, dict[str, Any]]:
    """Answer a request of the OpenAI chat API; tokens are counted in words."""
    body = completion(_text(request)) | {"model": request["model"]}
    if call := _tool_call(request):
        body["choices"][0] = {"index": 0, "message": call, "finish_reason": "tool_calls"}
    asked = sum(len(text.split()) for text in _texts(request))
    said = len(body["choices"][0]["message"]["content"].split())
    body["usage"] = {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
    return 200, body


def _text(request: Request) -> str:
    texts = _texts(request)
    if request["messages"][-1]["role"] == "tool":
        return f"There are {texts[-1]} primes between 1000 and 2000."
    part = next(part for part in PARTS if any(part.sign in text for text in texts))
    if "def is_correct" in texts[0]:
        return code(part.check.strip())
    if "End with the final answer" in texts[-1] or "program" not in texts[-1]:
        return part.words
    # After a failure the conversation starts over, and only the guidance tells of the program before.
    attempt = sum("An earlier program" in text for text in texts)
    attempt += sum(message["role"] == "assistant" for message in request["messages"])
    return code(part.programs[min(attempt, len(part.programs) - 1)].strip())


def _texts(request: Request) -> list[str]:
    return [str(message.get("content") or "") for message in request["messages"]]


def _tool_call(request: Request) -> dict[str, Any] | None:
    """An agent's model hands the user's question to the first tool, once."""
    if "tools" not in request or request["messages"][-1]["role"] != "user":
        return None
    arguments = json.dumps({"question": _texts(request)[-1]})
    function = {"name": request["tools"][0]["function"]["name"], "arguments": arguments}
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
    }
