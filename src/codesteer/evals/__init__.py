"""Compare methods on SymBench: run them with Inspect, compute statistics, write the report."""
