"""Conversations through the whole graph with a model that wants exactly what was meant, scored by what came of it."""
