"""What whoever runs a server lets its callers choose."""
