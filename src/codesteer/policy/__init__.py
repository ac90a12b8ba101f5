"""The operator's policy: what callers of a server may choose."""
