"""Functions and classes that are copied into generated files."""
