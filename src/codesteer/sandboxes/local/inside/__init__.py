"""The part that runs within the sandbox, with the standard library only.

It is started as a package of its own name outside ``codesteer``, hence the relative imports.
"""
