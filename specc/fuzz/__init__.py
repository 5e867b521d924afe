"""Random programs: drawn, held to the oracle in every backend, and made small.

`draw` writes valid specs from the rules of the ops themselves; `trial` holds one to all
that specc promises; `reduce` makes one that fails as small as it can be.
"""
