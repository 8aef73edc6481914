# %% [markdown]
# # A black box in the middle: learning through what has no slope
#
# Backpropagation needs to know, exactly, how every part of a network responds to a small change.
# Put one part into it that nobody has a model of, and the layers below that part get no error.
# Forward-Forward does not notice: each layer is judged by its own goodness, and what comes between
# two layers only has to hand something on (Hinton 2022, Section 1).
#
# You should have read the tutorial on [a deep network](05_deep_without_backprop.py). All of it runs in about
# 5 seconds.

# %%
import os
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.data import load
from ffnumpy.data.paths import from_environment
from ffnumpy.experiments import black_box
from ffnumpy.layers import BlackBox

ORANGE, GREY, DARK = "C1", "0.7", "0.25"  # orange is for Forward-Forward and for findings
rng = np.random.default_rng(0)

# %% [markdown]
# ## The box
#
# Ours mixes its inputs at random, squashes the sums, rounds them to a few steps and adds noise. It
# is fixed, and there is nothing in it to learn. Move one input and watch one output: almost
# everywhere the slope is 0, and where it is not, it is infinite. A slope measured by experiment
# finds only the noise.

# %%
silent, noisy = (BlackBox(50, np.random.default_rng(1), noise=noise) for noise in (0.0, 0.1))
scan = np.repeat(rng.standard_normal((1, 50)).astype(np.float32), 400, axis=0)
scan[:, 0] = np.linspace(-6, 6, 400)
steps = silent(scan)[:, 0]
flat = np.mean(np.abs(np.diff(steps)) < 0.02)

figure, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
ax.plot(scan[:, 0], noisy(scan)[:, 0], ".", color=GREY, markersize=3, label="with noise")
ax.plot(scan[:, 0], steps, color=DARK, label="without")
ax.set(xlabel="one input of the box", ylabel="one output")
ax.set_title(f"Without noise the output hardly moves in {100 * flat:.0f} % of the steps")
ax.legend()

# %% [markdown]
# ## Three ways to train around it
#
# The network is: 100 units, the box, 100 units. The experiment `black_box` trains it
#
# - by Forward-Forward, both layers;
# - by Forward-Forward with the upper layer left as it was drawn, the control that matters: perhaps
#   the upper layer is good for nothing;
# - by backpropagation above the box, with the layer below left as it was drawn, for no error
#   reaches it.
#
# In the first two, a softmax of the upper layer's activity names the digit. It reads what has come
# through the box.

# %%
data = load("strokes")
shown = {
    "Forward-Forward, both layers": "forward-forward",
    "Forward-Forward, upper layer untrained": "upper layer untrained",
    "backprop above the box": "backprop above the box",
}
errors = {}
for name, method in shown.items():
    run = black_box.start(replace(black_box.QUICK, method=method), data, seed=0)
    while not run.finished:
        for _ in run.steps():
            pass
    measured = run.measure()
    errors[name] = 100 * measured.get("error_softmax", measured["error"])

figure, ax = plt.subplots(figsize=(7.5, 2.2), layout="constrained")
bars = ax.barh(list(errors), list(errors.values()), color=[ORANGE, GREY, GREY])
ax.bar_label(bars, fmt="%.1f %%", padding=3)
ax.invert_yaxis()
ax.margins(x=0.15)
ax.set(xlabel="test error [%]", ylabel="what learns")
ax.set_title(f"With both layers trained, {errors['Forward-Forward, both layers']:.1f} %")

# %% [markdown]
# ## Why not simply try it out?
#
# There is a way that needs no slope: *weight perturbation*. Change all weights a little at random,
# see whether the error falls, and move along or against the change. It works through any box. But
# of all the directions that n weights can go, a random one has little to do with the best one. For
# a change $\xi$ and a gradient $g$, the expected size of the cosine between them is about
#
# $$\left\langle \lvert \cos(\xi, g) \rvert \right\rangle \approx \sqrt{\frac{2}{\pi n}}.$$
#
# A network with a hundred times as many weights needs a hundred times as many trials.

# %%
numbers = 10 ** np.arange(1, 6)
cosines = []
for n in numbers:
    gradient = rng.standard_normal(n)
    changes = rng.standard_normal((200, n))
    lengths = np.linalg.norm(changes, axis=1) * np.linalg.norm(gradient)
    cosines.append(np.mean(np.abs(changes @ gradient) / lengths))
expected = np.sqrt(2 / (np.pi * numbers))

figure, ax = plt.subplots(figsize=(6, 2.8), layout="constrained")
ax.loglog(numbers, expected, color=GREY, label="√(2/πn)")
ax.loglog(numbers, cosines, "o", color=ORANGE, label="mean of 200 random changes")
ax.set(xlabel="weights", ylabel="cosine with the gradient")
ax.set_title(f"With {numbers[-1]} weights, a random change has a cosine of {cosines[-1]:.4f}")
ax.legend()

# %% [markdown]
# ## What the numbers say, and what they do not
#
# - **Both layers learn**, and the upper layer is worth its training: left untrained, it raises the
#   error. That it does not raise it more says that a softmax reads a random layer quite well.
# - **Backpropagation above the box** has only random features to work with. It is not far behind,
#   for the same reason. To do better it would need a model of the box that has a slope.
# - One box, one seed, small layers. `ffnumpy experiment run black_box` measures perturbation too.
#
# ## Exercises
#
# 1. Raise the noise (`replace(black_box.QUICK, noise=0.5)`). Which of the three suffers most?
# 2. Print `measured["error_by_layer"]` of the first run. Naming the digit by the goodness of the
#    layer above the box is much worse than by the softmax. What does the box do to the label?
# 3. Average k perturbations before each step. How does the cosine grow with k?
#
# ## Checks

# %%
assert flat > 0.8
assert np.allclose(cosines, expected, rtol=0.2)
assert errors["Forward-Forward, both layers"] < errors["Forward-Forward, upper layer untrained"]
assert max(errors.values()) < 30

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        path = os.path.join(folder, f"11_a_black_box_in_the_middle_{number}.png")
        plt.figure(number).savefig(path, dpi=120)
else:
    plt.show()
