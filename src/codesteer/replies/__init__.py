"""Parse what models write: reasoning, code blocks, programs, marked answers, options and numerals.

Pure functions that need only the standard library and linear time. The graph, guides, checkers, evaluation and SymBench
all parse replies here, so they agree on what is a program and what is an answer.
"""
