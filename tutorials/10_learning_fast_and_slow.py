# %% [markdown]
# # Learning fast and slow: one step to a goodness you choose
#
# A learning rate is usually a guess. Forward-Forward has a rule without one (Hinton 2022,
# Section 8): from a single case, a layer can go to *any* goodness in *one* step, and all layers can
# do so at once. This tutorial derives the step, takes it, and then asks what it is good for when
# every image is seen only once.
#
# You should have read the tutorials on [one layer](01_one_layer.py) and on
# [deriving the rule](02_deriving_the_rule.py). All of it runs in about 5 seconds.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.data import load
from ffnumpy.data.paths import from_environment
from ffnumpy.experiments import learning_fast
from ffnumpy.layers import Layer, one_step
from ffnumpy.normalisation import normalise
from ffnumpy.weights import Dense, normal

ORANGE, GREY, DARK = "C1", "0.7", "0.25"  # orange is for the fast rule and for findings
rng = np.random.default_rng(0)

# %% [markdown]
# ## The step
#
# A unit's increment is proportional to its own activity and to the input: $\Delta w_j = \varepsilon
# y_j x$. After it the unit's total input is $w_j \cdot x + \varepsilon y_j \lVert x \rVert^2$. For
# an active unit that is
#
# $$y_j' = y_j\,(1 + \varepsilon \lVert x \rVert^2),$$
#
# and a silent unit stays silent. So *every* activity is multiplied by the same number, and the
# goodness $S = \sum_j y_j^2$ by its square. To get from $S$ to $S^*$, choose
#
# $$\varepsilon = \frac{\sqrt{S^*/S} - 1}{\lVert x \rVert^2}.$$

# %%
x = normalise(rng.standard_normal((1, 50)))
W = normal(50, 40, rng, float)[:-1]  # without biases, to keep it short
y = np.maximum(x @ W, 0)
S, wanted = np.sum(y**2), 100.0
rate = (np.sqrt(wanted / S) - 1) / np.sum(x**2)
W_after = W + rate * x.T @ y
y_after = np.maximum(x @ W_after, 0)
cosine = np.sum(y * y_after) / np.sqrt(np.sum(y**2) * np.sum(y_after**2))
print(f"goodness {S:.2f} → {np.sum(y_after**2):.12f}; cosine of the two activities {cosine:.15f}")

# %% [markdown]
# ## All layers at once
#
# The activity became longer and kept its direction. The next layer sees only the direction, so for
# this case nothing has changed for it. No layer has to wait until those below have learned.
#
# Three conditions: one case at a time, since two cases would need two rates; ReLU with the sum of
# squares as goodness; and no momentum, decay or peers. A layer that is silent (S = 0) cannot move,
# and `one_step` says which one.

# %%
layers = [Layer(Dense(normal(a, b, rng, float))) for a, b in ((50, 40), (40, 30), (30, 20))]
goals = [80.0, 10.0, 25.0]
before = one_step(layers, x, goals)
after, activity = [], x
for layer in layers:
    activity, goodness = layer.forward(activity)
    after.append(float(goodness[0]))

figure, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
places = np.arange(1, 4)
ax.bar(places - 0.2, before, 0.35, color=GREY, label="before")
ax.bar(places + 0.2, after, 0.35, color=ORANGE, label="after one step")
ax.plot(places + 0.2, goals, "_", color=DARK, markersize=30, label="wanted")
ax.set(xlabel="layer", ylabel="goodness", xticks=places)
miss = np.abs(np.array(after) / goals - 1).max()
ax.set_title(f"Three layers reach their goals at once, to {miss:.0e}")
ax.legend()

# %% [markdown]
# ## Seeing every image once
#
# Now let images arrive one by one. Each is first named, then learned: its true label takes the
# goodness of both layers up to 1.5 N, a wrong label down to 0.5 N, with N units in a layer. Then
# the image is gone. The *slow* rival follows the usual slope with a small constant rate. We plot
# the error over the last 500 images.

# %%
data = load("strokes")
RULES = {"fast": ("fast", 1.0), "slow, ε = 0.0003": ("slow", 0.0003)}
RULES |= {"slow, ε = 0.003": ("slow", 0.003), "backprop": ("sgd", 0.01)}


def on_a_stream(rule, amount, images=1500):
    """Return what is measured of a network that has seen so many images once."""
    setting = learning_fast.Setting((100, 100), images, rule, amount)
    run = learning_fast.start(setting, data, seed=0)
    for _ in run.steps():
        pass
    return run.measure()


measured = {name: on_a_stream(*choice) for name, choice in RULES.items()}

# %%
figure, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (name, found), style in zip(measured.items(), ("-", "--", ":", "-."), strict=True):
    curve = 100 * np.array(found["running_error"])
    colour = ORANGE if name == "fast" else DARK
    ax.plot(np.linspace(30, 1500, len(curve)), curve, style, color=colour, label=name)
ax.set(xlabel="images seen, each once", ylabel="error over the last 500 [%]", ylim=(0, 100))
errors = {name: 100 * found["error_of_last"] for name, found in measured.items()}
ax.set_title(", ".join(f"{name}: {error:.0f} %" for name, error in errors.items()), fontsize=9)
ax.legend()

# %% [markdown]
# ## What the numbers say, and what they do not
#
# - **The fast rule needs no rate that fits the task.** After 1500 images it errs about half as
#   often as the slow rule, whose rate of 0.0003 was the best of four. Ten times that is too much: a
#   single case at a time, unaveraged, pushes the layers about.
# - **Fast is not best.** Each case overwrites some of what others have taught. Backpropagation,
#   with a rate chosen among three, errs about half as often again.
# - One seed, small layers, drawn digits. `ffnumpy experiment run learning_fast` tries every rule
#   with several rates and three seeds.
#
# ## Exercises
#
# 1. Give the layer by hand a bias. A bias is the weight of an input that is always 1: what has to
#    become of $\lVert x \rVert^2$? Leave it as it is and see by how much the goodness misses.
# 2. Take the step for two cases at once, each with its own rate, by adding both updates. When is
#    the goodness still right?
# 3. `learning_fast.Setting` has an `amount`: the part of the way to the goal. Try 0.5 and 0.2. Why
#    is a smaller step worse at first, and when would it be better?
#
# ## Checks

# %%
assert np.isclose(np.sum(y_after**2), wanted, rtol=1e-12)
assert abs(cosine - 1) < 1e-14
assert np.allclose(after, goals, rtol=1e-12)
assert errors["fast"] < 0.6 * errors["slow, ε = 0.0003"]
assert errors["slow, ε = 0.0003"] < errors["slow, ε = 0.003"]
assert errors["backprop"] < 0.6 * errors["fast"]

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        path = os.path.join(folder, f"10_learning_fast_and_slow_{number}.png")
        plt.figure(number).savefig(path, dpi=120)
else:
    plt.show()
