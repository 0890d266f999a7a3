"""What a flow will do: compiling a `Flow` to a `Plan` and laying it out in cells."""
