"""State, context, routing and the builder of the steering graph. Imports nothing itself."""
