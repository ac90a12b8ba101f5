"""The tasks of the benchmark: one module each, with its rules, generator, question and verifier.

To add a task, add a module that ends with ``TASK = …``, and an independent check of its answers in
``tests/symbench/oracles``; the registry and the tests find both by name.
"""
