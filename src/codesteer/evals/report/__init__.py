"""The report of a comparison: one HTML page and one Markdown table."""
