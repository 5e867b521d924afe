"""The same models, each written as its framework's own documentation writes them."""
