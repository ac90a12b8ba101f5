"""SymBench: 37 symbolic tasks with seeded generators and exact verifiers; stands alone."""
