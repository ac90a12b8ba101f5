"""SymBench and the methods as Inspect components: tasks, solvers, scorers and model providers."""
