"""`get_variables` and `set_variables`, by what a program's weights are held in.

One of `layers`, `cells` and `layers_and_cells` goes into a program, whole. What its
functions call of the program's own stands there under the name it has in the program.
"""
