# %% [markdown]
# # Answers to "A label on top helps the layer below, if the layers iterate"
#
# The questions stand at the end of [the tutorial](../../tutorials/09_top_down.py).

# %%
from dataclasses import replace

import numpy as np

from ffnumpy.data import load
from ffnumpy.experiments import top_down

# %% [markdown]
# ## 1. The state of a layer with a constant drive after n iterations
#
# With $r = \max(z, 0)$ constant, $s_{n+1} = 0.3\,s_n + 0.7\,r$. Subtract r on both sides:
# $s_{n+1} - r = 0.3\,(s_n - r)$. So
#
# $$s_n = r + 0.3^n\,(s_0 - r).$$
#
# The share of the start that is left is $0.3^n$: 0.3, 0.09, 0.027, 0.0081. It is below 1 % from
# n = 4 on. Since the counted iterations are 3 to 5, what they see of the first pass upwards is
# 2.7 % at most, if nothing else moves. In the net the drives move too, since the neighbours do.

# %%
s, r, left = 1.0, 0.0, []
for _ in range(5):
    s = 0.3 * s + 0.7 * r
    left.append(s)
first_below = 1 + int(np.flatnonzero(np.array(left) < 0.01)[0])
print("share of the start that is left:", np.round(left, 5), "below 1 % from", first_below)

# %% [markdown]
# ## 2. Cut the way down only for the test
#
# The net that learned with the way down relies on it. Without it the lower layer gets a total input
# that it has never met, and its state is no longer the one from which the upper layer learned. The
# error is much larger than that of the net which learned without the connection, so what the
# connection carries is used when the net answers, and it is no mere help for learning.

# %%
data = load("strokes")


def trained(**changes):
    """Return the network after five epochs, and its test error in percent."""
    run = top_down.start(replace(top_down.QUICK, epochs=5, **changes), data, seed=0)
    while not run.finished:
        for _ in run.steps():
            pass
    return run.network, 100 * run.measure()["error"]


def error_of(network):
    """Return the test error in percent."""
    return 100 * np.mean(network.predict(data.test_images) != data.test_labels)


network, intact = trained()
network.layer.layers[0].top_down = None
cut = error_of(network)
never = trained(downward=False)[1]
print(f"intact {intact:.1f} %, cut for the test {cut:.1f} %, never there {never:.1f} %")

# %% [markdown]
# ## 3. Open: let the top layer's state name the digit through V transposed
#
# V takes a label down: row k is what label k adds to the total input of the top layer. The product
# of a state with row k is large if the state looks like what label k calls for, so
# $\mathrm{norm}(s)\,V^\mathsf{T}$ gives ten scores. Nothing has trained V for that, though. Its
# rows were moved so that the *goodness* rises where image and label agree.
#
# A good answer says three things. First, whether it is better than chance, measured: below it is
# wrong on 70 % of the images, on states without a label. Second, why it need not be good: rows of V
# may have a part in common, and a state that no label has driven may be far from every driven one.
# Third, what would make it work: train ten scores on the states without a label by the slope of
# log softmax, which is the library's readout, or make the scores part of the recurrent dynamics, so
# that the net's own guess drives the layer below it.

# %%
network, _ = trained()
top = network.layer.layers[-1].top_down.matrix  # V: ten rows
states = network.layer.normalised(network.encoding.features(data.test_images))[-1]
by_V = 100 * np.mean((states @ top.T).argmax(axis=1) != data.test_labels)
print(f"named by V transposed: {by_V:.0f} % wrong; by chance 90 %")

# %%
assert np.isclose(left[2], 0.3**3)
assert first_below == 4
assert intact < never < cut
assert by_V < 87  # chance is 90 %, with a standard error of 0.7 points for 2,000 images
