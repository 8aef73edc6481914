# %% [markdown]
# # Answers to "One step takes every layer to the goodness you choose"
#
# The questions stand at the end of [the tutorial](../../tutorials/10_learning_fast_and_slow.py).

# %%
import numpy as np

from ffnumpy.data import load
from ffnumpy.experiments import learning_fast

# %% [markdown]
# ## 1. What a bias does to ‖x‖², and where a step ends that forgets it
#
# The bias $b_j$ gets the increment of a weight whose input is 1, $\Delta b_j = \varepsilon y_j$. So
# an active unit's total input grows by $\varepsilon y_j (\lVert x \rVert^2 + 1)$, and the correct
# step is $\varepsilon = (\sqrt{S^*/S} - 1)/(\lVert x \rVert^2 + 1)$.
#
# With $\lVert x \rVert^2 = 1$, S = 4 and S* = 9, the forgetful ε is $(1.5 - 1)/1 = 0.5$. The
# activities grow by the factor $1 + 0.5 \cdot 2 = 2$ and not by 1.5, so S becomes 16 and not 9. The
# correct ε is 0.25.

# %%
rng = np.random.default_rng(0)
x = rng.standard_normal(6)
x = np.append(x / np.linalg.norm(x), 1.0)  # the last input is the bias's
W = rng.standard_normal((7, 5))
y = np.maximum(x @ W, 0)
W *= 2 / np.linalg.norm(y)
y = np.maximum(x @ W, 0)
reached = {}
for name, square in (("bias forgotten", 1.0), ("bias counted", 2.0)):
    ε = (np.sqrt(9 / np.sum(y**2)) - 1) / square
    reached[name] = np.sum(np.maximum(x @ (W + ε * np.outer(x, y)), 0) ** 2)
    print(f"{name}: ε = {ε:.2f}, S goes from {np.sum(y**2):.0f} to {reached[name]:.0f}")

# %% [markdown]
# ## 2. Two inputs at once
#
# Add $\varepsilon_a\, x_a^\mathsf{T} y_a + \varepsilon_b\, x_b^\mathsf{T} y_b$. The total inputs
# for a then change by $\varepsilon_a y_a \lVert x_a \rVert^2$, as wanted, and by $\varepsilon_b\,
# (x_a \cdot x_b)\, y_b$, which is not wanted. The second term vanishes if the two inputs are
# orthogonal, $x_a \cdot x_b = 0$. (It also does no harm to a unit that stays off.) Images are never
# negative, so two of them with ink in a common place are not orthogonal.

# %%
W = rng.standard_normal((50, 40)) / np.sqrt(50)
a, other = rng.standard_normal((2, 50))
across = other - a * (a @ other) / (a @ a)
inputs = {"orthogonal": across, "drawn at random": other, "nearly the same": a + 0.2 * other}
missed = {}
for name, b in inputs.items():
    pair = np.stack([a, b / np.linalg.norm(b) * np.linalg.norm(a)])
    y = np.maximum(pair @ W, 0)
    ε = (np.sqrt(100 / np.sum(y**2, axis=1)) - 1) / np.sum(pair**2, axis=1)
    after = np.sum(np.maximum(pair @ (W + pair.T @ (ε[:, np.newaxis] * y)), 0) ** 2, axis=1)
    missed[name] = np.abs(after / 100 - 1).max()
    print(f"{name}: goodness {np.round(after, 1)}, wanted 100")

# %% [markdown]
# ## 3. Open: a part of the way
#
# A small step changes little for the other images, so what they have taught is kept; but at first
# nothing has been taught, and a small step only learns more slowly. So one expects small steps to
# win on long streams and large ones on short streams. That can be tested with streams of several
# lengths: the error on the last 500 images for a share of 1, 0.5 and 0.2. In this run a step the
# whole way leads after 500 images, and half of the way has caught up or nearly so after 3000. A
# good answer also asks whether a share that *falls* with the number of images would combine both,
# as a falling learning rate does, and compares by several seeds, since the standard error of an
# error near 25 % on 500 images is 1.9 points.

# %%
data = load("strokes")
errors = {}
for share in (1.0, 0.5, 0.2):
    setting = learning_fast.Setting((100, 100), 3000, "fast", share)
    run = learning_fast.start(setting, data, seed=0)
    for _ in run.steps():
        pass
    running = np.array(run.measure()["running_error"])
    errors[share] = 100 * running[[len(running) // 6 - 1, len(running) // 2 - 1, -1]]
    print(f"share {share}: error after 500, 1500, 3000 images {np.round(errors[share])} %")

# %%
assert np.isclose(reached["bias forgotten"], 16)
assert np.isclose(reached["bias counted"], 9)
assert missed["orthogonal"] < 1e-12
assert missed["nearly the same"] > 0.5
assert errors[1.0][0] < errors[0.2][0]
assert errors[1.0][0] - errors[0.5][0] < errors[1.0][2] - errors[0.5][2]
