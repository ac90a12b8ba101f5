"""State, context, routing and builder of the steering graph; the package itself imports nothing."""
