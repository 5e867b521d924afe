"""Measures what specc makes, and specc itself, against what else there is."""
