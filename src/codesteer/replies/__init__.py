"""Read what a model wrote: thoughts, containers of programs, answer marks, options and numerals.

Pure functions over the standard library, linear in the length of the text. Graph, guides, checkers, evaluation and
SymBench all read replies through this room, so that none of them sees a program or an answer that another one misses.
"""
