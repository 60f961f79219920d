"""Pictures for the notebooks: graphs, curves, bars and maps that also read in text.

`graph` draws what a value remembers, `plots` draws numbers, `maps` where attention looks, `planes`
the boundary between two classes, `trails` the way down a valley; `live` watches a training run, and
`explorers` puts sliders and a player around any of them. All of them return or display a `Picture`,
an image with an alt text; the packages that draw are imported when the first picture of their kind
is.
"""

from micrograd.viz.archer import draw_shot, draw_wall, shoot
from micrograd.viz.arm import draw_arm, draw_guesses, fingertip
from micrograd.viz.attention import (
    attention_sheet,
    head_sheet,
    letter_plane,
    share_map,
    sharpness_curve,
)
from micrograd.viz.axes import two_axes
from micrograd.viz.beams import text_tree
from micrograd.viz.board import train_live
from micrograd.viz.chains import chain_diagram, diamond_diagram, gears, walk_back, work_curve
from micrograd.viz.choosing import chance_lines, share_bars
from micrograd.viz.dashboard import run_live
from micrograd.viz.diseases import curve_panels
from micrograd.viz.explorers import Choice, Slider, Words, explore, play
from micrograd.viz.graduation import damage_sheet, file_map
from micrograd.viz.graph import draw_graph, graph_dot
from micrograd.viz.hills import arrow, flat_places, gradient_map, heights_and_slopes, slices
from micrograd.viz.keeping import past_runs
from micrograd.viz.ladder import batch_sheet, ladder_bars
from micrograd.viz.live import watch, watch_all
from micrograd.viz.maps import attention_map
from micrograd.viz.merges import byte_boxes, length_curve, merge_tree, play_merges, token_boxes
from micrograd.viz.neurons import network_diagram, neuron_map, sum_curve, weight_lines
from micrograd.viz.picture import Card, Picture, Strip, is_static
from micrograd.viz.planes import decision_boundary
from micrograd.viz.plots import loss_curve, next_token_bars
from micrograd.viz.races import WeightPlane, rate_plans, rate_race
from micrograd.viz.sheet import training_sheet
from micrograd.viz.slopes import descent, error_valley, tangent, tangent_estimate
from micrograd.viz.stepper import step_backward
from micrograd.viz.streams import gpt_map, stream_lanes
from micrograd.viz.tables import (
    bet_rounds,
    bet_sheet,
    count_bars,
    id_strip,
    last_letters,
    pair_table,
    softmax_bars,
)
from micrograd.viz.trails import contours

__all__ = [
    "Card",
    "Choice",
    "Picture",
    "Slider",
    "Strip",
    "WeightPlane",
    "Words",
    "arrow",
    "attention_map",
    "attention_sheet",
    "batch_sheet",
    "bet_rounds",
    "bet_sheet",
    "byte_boxes",
    "chain_diagram",
    "chance_lines",
    "contours",
    "count_bars",
    "curve_panels",
    "damage_sheet",
    "decision_boundary",
    "descent",
    "diamond_diagram",
    "draw_arm",
    "draw_graph",
    "draw_guesses",
    "draw_shot",
    "draw_wall",
    "error_valley",
    "explore",
    "file_map",
    "fingertip",
    "flat_places",
    "gears",
    "gpt_map",
    "gradient_map",
    "graph_dot",
    "head_sheet",
    "heights_and_slopes",
    "id_strip",
    "is_static",
    "ladder_bars",
    "last_letters",
    "length_curve",
    "letter_plane",
    "loss_curve",
    "merge_tree",
    "network_diagram",
    "neuron_map",
    "next_token_bars",
    "pair_table",
    "past_runs",
    "play",
    "play_merges",
    "rate_plans",
    "rate_race",
    "run_live",
    "share_bars",
    "share_map",
    "sharpness_curve",
    "shoot",
    "slices",
    "softmax_bars",
    "step_backward",
    "stream_lanes",
    "sum_curve",
    "tangent",
    "tangent_estimate",
    "text_tree",
    "token_boxes",
    "train_live",
    "training_sheet",
    "two_axes",
    "walk_back",
    "watch",
    "watch_all",
    "weight_lines",
    "work_curve",
]
