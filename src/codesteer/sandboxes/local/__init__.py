"""Programs in isolated processes of this machine."""
