"""A skill as a stronger model or a person would write it, for benchmarks/teacher_store.py."""

import re
from itertools import groupby

points = {
    letter: int(number) for letter, number in re.findall(r"each run of ([A-Z]): (\d+) points?", QUESTION)
}
text = re.search(r"The string is ([A-Z]+)\.", QUESTION)[1]
result = sum(points.get(letter, 0) for letter, run in groupby(text) if len(list(run)) >= 2)
print("<<<" + str(result) + ">>>")
