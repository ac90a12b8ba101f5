"""Train a guide: trajectories, conversations, preference pairs, SFT, DPO, export."""
