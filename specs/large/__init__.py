"""Whole models too large to verify at full size: data of the package."""
