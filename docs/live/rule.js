"use strict";
/*
 * One update of one layer without biases, in the letters of the equations: x is the input, z = x W,
 * y = max(z, 0), S = Σ y², θ the threshold, S* the goodness wanted.
 */
globalThis.FF ??= {};

FF.rule = (() => {
  /** Return 1/(1 + e^−t). */
  const sigmoid = (t) => 1 / (1 + Math.exp(-t));

  /** Return Σ v². */
  const squared = (v) => v.reduce((sum, value) => sum + value * value, 0);

  /**
   * Return what a layer makes of an input.
   * @param {number[]} x - (inputs,)
   * @param {number[][]} W - (inputs, units)
   * @returns {{z: number[], y: number[], S: number, normalised: number[]}} the last has mean square 1
   */
  function look(x, W) {
    const z = W[0].map((_, j) => x.reduce((sum, value, i) => sum + value * W[i][j], 0));
    const y = z.map((value) => Math.max(value, 0));
    const S = squared(y);
    const scale = S > 0 ? Math.sqrt(y.length / S) : 0;
    return { z, y, S, normalised: y.map((value) => value * scale) };
  }

  /**
   * Return the slope of the log probability of the case in S: 1 − p if it is positive, −p if not.
   * @param {number} S
   * @param {number} theta
   * @param {number} sign - 1 or −1
   */
  const slope = (S, theta, sign) => sign * sigmoid(sign * (theta - S));

  /**
   * Return the ε that takes S to S* in one step; null if no unit is active or no input is on.
   * @param {number} S
   * @param {number} target - S*
   * @param {number} square - ‖x‖²
   */
  const oneStepRate = (S, target, square) =>
    S > 0 && square > 0 ? (Math.sqrt(target / S) - 1) / square : null;

  /**
   * Work out one update, by Eq. 3 or by the one-step rule.
   * @param {{x: number[], W: number[][], theta: number, sign: number, rule: string, rate: number,
   *   target: number}} given - `rule` is "eq3", which uses θ, sign and rate, or "one-step", which uses
   *   the target S*
   * @returns {object} every number on the way; `rate` is ε, null if there is no step
   */
  function worked({ x, W, theta, sign, rule, rate, target }) {
    const before = look(x, W);
    const square = squared(x);
    const p = sigmoid(before.S - theta);
    const dlogp = slope(before.S, theta, sign);
    const inOne = rule === "one-step";
    const epsilon = inOne ? oneStepRate(before.S, target, square) : rate;
    const delta = inOne ? before.y : before.y.map((y) => 2 * dlogp * y);
    const change = x.map((value) => delta.map((d) => (epsilon ?? 0) * value * d));
    const moved = W.map((row, i) => row.map((w, j) => w + change[i][j]));
    return { before, square, p, dlogp, rate: epsilon, delta, change, moved, after: look(x, moved) };
  }

  /**
   * Draw a sheet of small integers that turn two units on and one off, with S near θ.
   * @param {function(): number} random - uniform, 0 … 1
   * @returns {{x: number[], W: number[][], theta: number}}
   */
  function sheet(random) {
    const whole = (low, high) => low + Math.floor(random() * (high - low + 1));
    const three = (make) => [make(), make(), make()];
    for (;;) {
      const x = three(() => whole(1, 3));
      const W = three(() => three(() => whole(-2, 2)));
      const { z, S } = look(x, W);
      const on = z.filter((value) => value > 0).length;
      if (on === 2 && !z.includes(0) && S <= 25) return { x, W, theta: S + whole(-1, 1) };
    }
  }

  return { look, oneStepRate, sheet, slope, worked };
})();
