"""The exercises, one module a notebook.

A solution is written as a learner would write it, so these functions carry no annotations. Each
module ends with `TASKS`, in the order in which the notebook asks.
"""
