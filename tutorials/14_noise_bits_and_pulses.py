# %% [markdown]
# # A chip reads with noise, and writes its weights by random pulses
#
# The array of [a crossbar multiplies](13_a_crossbar_multiplies.py) agreed with NumPy to the last
# digits, because it was cold and nobody wrote into it. How noisy is a read at room temperature, how
# many bits of a converter is it worth, and how does an outer product get into the cells?
#
# Read that tutorial first. This one runs in about two seconds.
#
# ## Thermal noise
#
# In a warm resistor the electrons jostle, and a random current flows even at 0 V. Its variance is
# $4 k T B G$, with Boltzmann's constant k, temperature T, bandwidth B and conductance G. An average
# over a time t has the bandwidth $B = 1/(2t)$. Variances of independent cells add up, so the noise
# of a column grows with the sum of *all* its conductances, the references included:
#
# $$\sigma_I^2 = \frac{4 k T}{2 t} \sum_i \left( G^+_{ij} + G^-_{ij} \right).$$

# %%
import matplotlib.pyplot as plt
import numpy as np

from ffnumpy import load
from ffnumpy.cases import OneHot
from ffnumpy.plotting import keep
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Adc, Dac, Probe
from hardware_sim.constants import BOLTZMANN, READ_TIME, ROOM
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.energy.ledger import Ledger
from hardware_sim.plotting import ACCENT as TEAL
from hardware_sim.plotting import DARK, GREY
from hardware_sim.plotting.devices import pulse_response
from hardware_sim.plotting.drawings import pulse_trains
from hardware_sim.scale import Scale
from hardware_sim.studies.characterise import characterise
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Drive

plt.style.use("ffnumpy.plotting.house")
rng, scale, ledger = np.random.default_rng(0), Scale(), Ledger()  # x = 1 is 0.1 V, w = 1 is 0.4
dac, probe = Dac(ledger, scale.volt), Probe(ledger)


def crossbar(weights, temperature):
    """Return an array of cells that are all alike, with these weights and biases of 0."""
    cells = IDEAL.manufacture((len(weights) + 1, weights.shape[1]), rng)
    cells.set(np.vstack([weights, np.zeros(weights.shape[1])]) / scale.weight)
    return Crossbar(cells, IDEAL.unit, IDEAL.reference, scale.volt, ArrayNoise(temperature))


weights = rng.standard_normal((784, 64)) / 28
images = OneHot().neutral(OneHot().features(load("strokes").test_images[:200])).toarray()
unit_current = scale.volt * IDEAL.unit / scale.weight  # what stands for a result of 1 [A]
cold, warm = crossbar(weights, 0.0), crossbar(weights, ROOM)
sums = sum(warm.cell_conductances()).sum(axis=0)  # Σ (G⁺ + G⁻) of each column [S]
predicted = np.sqrt(4 * BOLTZMANN * ROOM / (2 * READ_TIME.nominal) * sums)  # [A]
reads = dac.forward(np.repeat(images[:1], 2000, axis=0))[0]
measured = probe.read(warm.currents(reads, rng, ledger)).std(axis=0)  # [A]
noise, signal = predicted.mean() / unit_current, (images @ weights).std()
print(f"Σ G = {1e6 * sums.mean():.1f} µS: {1e9 * predicted.mean():.2f} nA predicted, ", end="")
print(f"{1e9 * measured.mean():.2f} nA measured; as a number {noise:.2f} beside {signal:.2f}")

# %% [markdown]
# ## Bits
#
# An `Adc`, an analog-to-digital converter of b bits, rounds to one of $2^b - 1$ codes, of which the
# middle one is 0. One more bit about halves the error, down to the noise.

# %%
amplifier = TransimpedanceAmplifier(scale.weight / IDEAL.unit)  # R_f: 1 becomes 0.1 V again
bits, exact = np.arange(2, 13), images @ weights


def error(b, array):
    """Return the root mean square error of x W behind a converter of b bits."""
    adc = Adc(ledger, scale.volt, int(b), full_scale=np.abs(exact).max(), signed=True)
    currents = array.currents(dac.forward(images)[0], rng, ledger)
    return np.sqrt(np.mean((adc.convert(amplifier.read(currents, rng, ledger)) - exact) ** 2))


errors_cold, errors_warm = (np.array([error(b, a) for b in bits]) for a in (cold, warm))
enough = int(bits[np.argmax(errors_cold < noise / 2)])
figure, ax = plt.subplots(figsize=(7, 3.6))
ax.semilogy(bits, errors_cold, "s--", color=GREY, label="no noise")
ax.semilogy(bits, errors_warm, "o-", color=TEAL, label=f"{ROOM:.0f} K")
ax.axhline(noise, color=DARK, linestyle=":", label="thermal noise, from 4kTB Σ G")
ax.set(xlabel="bits of the converter", ylabel="error of x W (rms)", xticks=bits)
ax.set_title(f"From {enough} bits on, the array's own noise of {noise:.2f} is what is left")
ax.legend()
keep(figure, "14_noise_bits_and_pulses_1")

# %% [markdown]
# ## A cell moves by pulses
#
# A pulse of voltage moves a cell's conductance by a small step Δ. This device is a specification
# that nobody has met: some 1,200 steps, which differ by 30 % between cells and again from pulse to
# pulse. The ends, 10 and 80 nS on average, differ too. The grey lines are forty cells.

# %%
cell = characterise(preset("gokmen-vlasov").device, 200, rng)
up = cell.steps["up"]  # single steps from the middle of the range, (cycles, cells) [S]
between, again = up.mean(axis=0).std() / up.mean(), np.sqrt(up.var(axis=0).mean()) / up.mean()
print(f"a step is {1e12 * up.mean():.0f} pS ± {between:.0%} between cells ± {again:.0%} each time")
figure, ax = plt.subplots(figsize=(7, 3.4))
pulse_response(ax, cell.pulses, cell.up, cell.down)
keep(figure, "14_noise_bits_and_pulses_2")

# %% [markdown]
# ## Two random trains multiply
#
# A weight has to move by $\varepsilon x_i \delta_j$. Let row i fire in a slot of time with a
# probability $p_i \propto x_i$, and column j with $q_j \propto \delta_j$. A pulse carries half of
# the writing voltage, too little to move a cell. Where both fire at once, the cell takes a step: on
# average $p_i q_j$ steps in a slot. That is a product, and nothing has multiplied.
#
# The most active cell should take $k = \varepsilon\, x_\text{max}\, \delta_\text{max} / \Delta$
# steps. In slot $s = 0, 1, 2, \ldots$, 31 at most, let $a_s = \sqrt{\min(1, k - s)}$,
# $p_i = a_s x_i/x_\text{max}$ and $q_j = a_s \delta_j/\delta_\text{max}$, and stop at $s \ge k$.

# %%
x, delta = np.array([2.0, 1.2, 0.5]), np.array([1.5, 0.5])
step, rate = IDEAL.mean_step * scale.weight, 0.003  # Δ and ε, in units of weight
k = rate * x.max() * delta.max() / step
a = np.sqrt(np.minimum(1, k - np.arange(min(np.ceil(k), 31))))  # one for each slot
p, q = np.outer(x / x.max(), a), np.outer(delta / delta.max(), a)
draw = np.random.default_rng(1).random
on_rows, on_columns = draw(p.shape) < p, draw(q.shape) < q
counts = on_rows.astype(int) @ on_columns.T.astype(int)  # the slots in which both fire
wanted = rate * np.outer(x, delta)
print(f"steps wanted {np.round(wanted / step, 1).tolist()}, taken {counts.tolist()}")
figure, ax = plt.subplots(figsize=(7.5, 4.4))
pulse_trains(ax, on_rows, on_columns)
keep(figure, "14_noise_bits_and_pulses_3")

# %%
# One train is a rough estimate; the mean of many is the outer product. `Coincidence` writes trains.
small, trains, moved = crossbar(np.zeros((3, 2)), 0.0), 2000, np.empty((2000, 3, 2))
lines = Drive(dac.forward(x)[0], Dac(ledger, scale.output).forward(delta)[0], up=True)
for number in range(trains):
    small.cells.set(np.zeros((4, 2)))
    Coincidence(scale).write(small, lines, rate, rng, ledger)
    moved[number] = small.cells.w[:3] * scale.weight
many = np.array([1, 5, 20, 100, 500, 2000])
means = [moved.reshape(-1, m, 3, 2).mean(axis=1) for m in many]
off = np.array([np.sqrt(np.mean((mean - wanted) ** 2)) for mean in means]) / wanted.mean()
pq = p[:, np.newaxis] * q  # (rows, columns, slots)
law = step * np.sqrt((pq * (1 - pq)).sum(axis=2).mean()) / wanted.mean() / np.sqrt(many)
figure, ax = plt.subplots(figsize=(6, 3.2))
ax.loglog(many, 100 * law, "--", color=GREY, label="from the variance Σ pq (1 − pq)")
ax.loglog(many, 100 * off, "o", color=TEAL, label="measured")
ax.set(xlabel="trains in the mean", ylabel="off from ε x δ (rms) [%]")
ax.set_title(f"One train is off by {100 * off[0]:.0f} %, 2,000 by {100 * off[-1]:.1f} %")
ax.legend()
keep(figure, "14_noise_bits_and_pulses_4")

# %% [markdown]
# ## What this does not show
#
# The amplifiers were ideal, and the noise of real cells is more than thermal. Wires have no
# resistance.
#
# ## Exercises
#
# 1. With a pencil: a column has Σ G = 70.7 µS. How large is its noise in a read of 80 ns at 300 K?
#    What read time makes it half of that, and what does that do to the energy?
# 2. In code: raise ε until k is 62, above the 31 slots. What is the mean of many trains now?
# 3. Open: half of a voltage moves no cell, we said. What if it moves it by 1 % of a step?
#
# ## Checks

# %%
assert np.abs(measured / predicted - 1).max() < 5 / np.sqrt(2 * 2000)  # standard error of a σ
assert np.allclose(errors_cold[1:] / errors_cold[:-1], 0.5, atol=0.12)
assert (errors_warm[bits >= enough] < 1.2 * noise).all()
assert np.allclose((between, again), 0.3, atol=0.06)  # 200 cells: a standard error of 0.015
assert np.allclose(off[:3], law[:3], rtol=0.2)
assert off[-1] < 3 * law[-1]
