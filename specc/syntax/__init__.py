"""From text to the typed tree, and from text to tidy text."""
