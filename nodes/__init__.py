"""The graph's nodes, one per file, each named by a verb."""
