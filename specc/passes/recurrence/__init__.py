"""Recurrences: what a cell's loop must hold, its derivative, and how it is best run."""
