"""SymBench and the methods as parts of Inspect: tasks, solver, scorers and a model provider."""
