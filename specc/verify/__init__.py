"""Running generated programs, and holding them to the float64 oracle.

Everything here but `installed` needs numpy and safetensors; a command calls
`installed.require_reference` before it imports the rest.
"""
