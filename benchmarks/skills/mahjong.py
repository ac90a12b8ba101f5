"""A skill as a stronger model or a person would write it, for benchmarks/teacher_store.py."""

import re

hand = re.search(r"The first hand is ([A-Z ]+)\.", QUESTION)[1].split()
new = re.search(r"Round 1: add ([A-Z])", QUESTION)[1]
result = 1 if hand.count(new) >= 2 else 0
print("<<<" + str(result) + ">>>")
