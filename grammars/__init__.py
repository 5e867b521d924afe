"""The grammar of the `.seq` language."""
