"""Pictures for the notebooks: graphs, curves and bars that also read in text.

`graph` draws what a value remembers, `plots` draws numbers, `live` watches a training run. All of
them return or display a `Picture`, an image with an alt text; the packages that draw are imported
when the first picture of their kind is.
"""

from micrograd.viz.graph import draw_graph, graph_dot
from micrograd.viz.live import watch, watch_all
from micrograd.viz.picture import Card, Picture, is_static
from micrograd.viz.plots import loss_curve, next_token_bars

__all__ = [
    "Card",
    "Picture",
    "draw_graph",
    "graph_dot",
    "is_static",
    "loss_curve",
    "next_token_bars",
    "watch",
    "watch_all",
]
