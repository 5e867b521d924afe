"""The rows of a batch on several devices."""

from jax import lax
from jax.sharding import Mesh, NamedSharding, PartitionSpec


def split_batch(x, mesh):
    """Spread the rows of x over the devices of a mesh; without one x stays as it is.

    What is computed from x follows it: every device works on its own rows.
    """
    if mesh is None:
        return x
    mesh = Mesh(mesh.devices, mesh.axis_names)
    return lax.with_sharding_constraint(
        x, NamedSharding(mesh, PartitionSpec(mesh.axis_names))
    )
