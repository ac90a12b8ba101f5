"""The fork server that runs inside the sandbox; it uses only the standard library.

It is imported as the top-level package ``inside``, hence the relative imports.
"""
