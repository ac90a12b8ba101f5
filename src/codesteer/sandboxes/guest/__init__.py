"""Run a program inside a container or virtual machine and report the result."""
