"""What a cell of one's own keeps its weights in: one variable each, or side by side."""

from __future__ import annotations

from specc.codegen.cell_layers import is_layer
from specc.codegen.names import Names
from specc.ir.graph import Cell, ProductGroup, readers_of
from specc.ops.parameter import Parameter

_TAKEN = """
    activity_regularizer add_loss add_metric add_variable add_weight after autocast
    backward before bias build build_from_config built call
    call_signature_parameters compute_dtype compute_mask compute_output_shape
    compute_output_spec count_params dtype dtype_policy from_config get_build_config
    get_config get_initial_state get_quantization_layer_structure get_weights
    gradients input input_dtype input_spec kept kernels load_own_variables losses
    metrics metrics_variables name non_trainable_variables non_trainable_weights
    output output_size outside path quantization_mode quantize quantized_build
    quantized_call ready recurrent_kernels regularizer rematerialized_call
    save_own_variables see self set_weights shape staged state_size stateless_call
    states step supports_jit supports_masking symbolic_call trainable
    trainable_variables trainable_weights variable_dtype variables weights
"""
ATTRIBUTES = frozenset(_TAKEN.split())
"""What a Keras layer has already, and what it has in our cells: no weight's name."""


def cell_fields(cell: Cell) -> dict[str, tuple[str, ...]]:
    """The variables of the Keras cell, and the weights each one holds.

    Matrices stand transposed, [in, out]; those that share an operand side by side.
    Weights of more axes stand as they are.
    """
    names = Names(ATTRIBUTES | set(layer_fields(cell).values()))
    fields: dict[str, tuple[str, ...]] = {}
    for group in fused_groups(cell):
        fields[names.take(group.name)] = group_weights(cell, group)
    together = {name for weights in fields.values() for name in weights}
    inner = {f"{node.name}.{w.name}" for node in cell.layers for w in node.weights}
    for weight in cell.weights:
        if weight.name not in together | inner:
            fields[names.take(weight.name)] = (weight.name,)
    return fields


def layer_fields(cell: Cell) -> dict[str, str]:
    """The attributes that hold the layers inside the cell, by their paths."""
    names = Names(ATTRIBUTES)
    paths = dict.fromkeys(node.name for node in cell.nodes if is_layer(node))
    return {path: names.take(path) for path in paths}


def fused_groups(cell: Cell) -> tuple[ProductGroup, ...]:
    """The groups of products of equally many rows of weights that nothing else uses."""
    readers = readers_of(cell.nodes)

    def fits(group: ProductGroup) -> bool:
        matrices = [cell.nodes[product].inputs[0].node for product in group.products]
        shapes = {str(cell.nodes[matrix].type) for matrix in matrices}
        return len(shapes) == 1 and all(
            len(readers[matrix]) == 1 for matrix in matrices
        )

    return tuple(group for group in cell.groups if fits(group))


def group_weights(cell: Cell, group: ProductGroup) -> tuple[str, ...]:
    """The names of a group's matrices, in the order of its products."""
    matrices = [cell.nodes[product].inputs[0].node for product in group.products]
    assert all(isinstance(cell.nodes[n].op, Parameter) for n in matrices)
    return tuple(cell.nodes[matrix].name for matrix in matrices)
