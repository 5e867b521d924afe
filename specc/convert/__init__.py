"""Weights carried over to other worlds and back."""
