"""Create chat models from names; download, load and serve local models."""
