"""A skill as a stronger model or a person would write it, for benchmarks/teacher_store.py."""

import re

first, last, divisor = map(
    int, re.findall(r"from (\d+) to (\d+).*?divisible by (\d+)", QUESTION, re.DOTALL)[0]
)
result = sum(sum(map(int, str(number))) % divisor == 0 for number in range(first, last + 1))
print("<<<" + str(result) + ">>>")
