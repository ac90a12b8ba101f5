"""The tasks of the benchmark, a module each: its rules, its generator, its question, its verifier.

A new task is a module here that ends with ``TASK = …`` and an independent check of its answers in
``tests/symbench/oracles``; the registry and the tests of all tasks find both by their name.
"""
