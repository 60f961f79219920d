"""The same algorithm, faster: tensors, compiled code, PyTorch, JAX, several processes.

Each module is one rung of the ladder that notebook 09 climbs, and proves that it computes the
scalar model's gradients before it shows its speed. None is imported from here, because each needs
a package of its own.
"""
