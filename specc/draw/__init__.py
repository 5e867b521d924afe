"""Diagrams of models: what flows where, framed by blocks, repetition folded."""
