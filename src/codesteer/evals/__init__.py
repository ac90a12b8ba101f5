"""Methods side by side on SymBench: runs on Inspect, statistics and the report."""
