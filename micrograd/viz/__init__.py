"""Pictures for the notebooks: graphs, curves, bars and maps that also read in text.

`graph` draws what a value remembers, `plots` draws numbers, `maps` where attention looks, `planes`
the boundary between two classes, `trails` the way down a valley; `live` watches a training run, and
`explorers` puts sliders and a player around any of them. All of them return or display a `Picture`,
an image with an alt text; the packages that draw are imported when the first picture of their kind
is.
"""

from micrograd.viz.explorers import Choice, Slider, Words, explore, play
from micrograd.viz.graph import draw_graph, graph_dot
from micrograd.viz.live import watch, watch_all
from micrograd.viz.maps import attention_map
from micrograd.viz.picture import Card, Picture, Strip, is_static
from micrograd.viz.planes import decision_boundary
from micrograd.viz.plots import loss_curve, next_token_bars
from micrograd.viz.trails import contours

__all__ = [
    "Card",
    "Choice",
    "Picture",
    "Slider",
    "Strip",
    "Words",
    "attention_map",
    "contours",
    "decision_boundary",
    "draw_graph",
    "explore",
    "graph_dot",
    "is_static",
    "loss_curve",
    "next_token_bars",
    "play",
    "watch",
    "watch_all",
]
