"""Specs shipped with specc, in its own language."""
