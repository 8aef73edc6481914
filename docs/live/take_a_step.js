"use strict";
/*
 * The page "Take a step": what is given and chosen goes in, every number of the update is shown.
 */
globalThis.FF ??= {};

FF.stepPage = (() => {
  const { look, sheet, worked } = FF.rule;
  const { field, shown, text } = FF.numbers;
  const $ = (id) => document.getElementById(id);
  const N = 3; // inputs, and units
  const SUBSCRIPTS = [...Array(N).keys()];
  const FIRST = {
    x: [2, 2, 1],
    W: [
      [-2, 0, 1],
      [0, 1, -1],
      [1, 1, 2],
    ],
    theta: 13,
  };

  const state = { sign: 1, rule: "eq3", rate: 0.01, target: 0, path: [] };
  let given = FIRST; // the sheet that "Start again" goes back to

  /** Take the numbers of a sheet. */
  function begin(from) {
    given = from;
    Object.assign(state, { x: [...from.x], W: from.W.map((row) => [...row]), theta: from.theta });
    aim();
    restarted();
  }

  /** Set S* to what suits the case: four times S, or a quarter of it. */
  function aim() {
    const { S } = look(state.x, state.W);
    state.target = state.sign > 0 ? 4 * S : S / 4;
  }

  /** Begin the course of S anew, as the layer is another one. */
  function restarted() {
    state.path = [];
    $("told").textContent = "";
    update();
  }

  // The fields

  const limits = {
    x: { low: 0, high: 4, step: 0.1 },
    w: { low: -3, high: 3, step: 0.1 },
    theta: { low: 0, high: 40, step: 0.5 },
    rate: { low: 0, high: 0.1, step: 0.002, least: 0 },
    target: { low: 0, high: 100, step: 0.5, least: 0 },
  };
  const corner = $("matrix");
  const fields = SUBSCRIPTS.map((i) => {
    const input = { symbol: `x<sub>${i + 1}</sub>`, name: `input ${i + 1}`, ...limits.x };
    const x = field(corner, input, (value) => {
      state.x[i] = value;
      restarted();
    });
    const w = SUBSCRIPTS.map((j) => {
      const symbol = `w<sub>${i + 1}${j + 1}</sub>`;
      const weight = { symbol, name: `weight from input ${i + 1} to unit ${j + 1}`, ...limits.w };
      return field(corner, weight, (value) => {
        state.W[i][j] = value;
        restarted();
      });
    });
    return { x, w };
  });
  const theta = field(
    $("theta-field"),
    { symbol: "θ", name: "threshold of the goodness", ...limits.theta },
    (value) => {
      state.theta = value;
      restarted();
    },
  );
  const rate = field($("rate-field"), { symbol: "ε", name: "rate", ...limits.rate }, (value) => {
    state.rate = value;
    update();
  });
  const target = field(
    $("target-field"),
    { symbol: "S*", name: "goodness wanted", ...limits.target },
    (value) => {
      state.target = value;
      update();
    },
  );

  function showGiven() {
    fields.forEach(({ x, w }, i) => {
      x(state.x[i]);
      w.forEach((show, j) => show(state.W[i][j]));
    });
    theta(state.theta);
    rate(state.rate);
    target(state.target);
  }

  // What is worked out

  /** Return the rows of the worked example: name for tests, quantity as HTML, value. */
  function lines(found) {
    const { before, after } = found;
    const inOne = state.rule === "one-step";
    const [log, share] = state.sign > 0 ? ["log p", "1 − p"] : ["log (1 − p)", "−p"];
    return [
      ["z", "z = x W", before.z],
      ["y", "y = max(z, 0)", before.y],
      ["S", "S = Σ y²", before.S],
      ["p", "p = 1/(1 + e<sup>θ − S</sup>)", found.p],
      ...(inOne ? [] : [["dlogp", `∂${log}/∂S = ${share}`, found.dlogp]]),
      ["delta", `δ<sub>j</sub> = ${inOne ? "" : `2 (${share}) `}y<sub>j</sub>`, found.delta],
      ["square", "‖x‖² = Σ x<sub>i</sub>²", found.square],
      ["rate", inOne ? "ε = (√(S*/S) − 1)/‖x‖²" : "ε, as chosen", found.rate],
      ["change", "Δw<sub>ij</sub> = ε x<sub>i</sub> δ<sub>j</sub>", found.change],
      ["moved", "W′ = W + ΔW", found.moved],
      ["z2", "z′ = x W′", after.z],
      ["y2", "y′ = max(z′, 0)", after.y],
      ["S2", "S′ = Σ y′²", after.S],
      ["seen", "ŷ = y/√(S/3)", before.normalised],
      ["seen2", "ŷ′ = y′/√(S′/3)", after.normalised],
    ];
  }

  function showWorked(found) {
    const rows = lines(found).map(([name, quantity, value]) => {
      const row = document.createElement("div");
      row.innerHTML = `<dt>${quantity}</dt><dd data-name="${name}"></dd>`;
      row.lastChild.dataset.value = JSON.stringify(value);
      row.lastChild.textContent = shown(value);
      return row;
    });
    $("worked").replaceChildren(...rows);
  }

  /** Fill a table with two bars for each unit, before and after. */
  function showPairs(table, before, after, most) {
    const width = (value) => `${(100 * value) / (most || 1)}%`;
    const rows = before.map((value, j) => {
      const row = document.createElement("tr");
      row.innerHTML =
        `<th scope="row">unit ${j + 1}</th><td><div class="pair" aria-hidden="true">` +
        `<div class="bar"></div><div class="bar new"></div></div><span class="number"></span></td>`;
      const [old, new_] = row.querySelectorAll(".bar");
      old.style.width = width(value);
      new_.style.width = width(after[j]);
      row.querySelector(".number").textContent = `${text(value)} → ${text(after[j])}`;
      return row;
    });
    (table.tBodies[0] ?? table.createTBody()).replaceChildren(...rows);
  }

  /** Say by which factor active units are multiplied, and whether the direction has changed. */
  function directionNote({ before, after }) {
    if (before.S === 0) return "No unit is active, so nothing moves.";
    if (after.S === 0) return "The step switches every unit off: no direction is left.";
    const factor = text(Math.sqrt(after.S / before.S));
    return `Every active unit is multiplied by ${factor}. The direction stays the same.`;
  }

  // The rule

  function showRule(found) {
    const inOne = state.rule === "one-step";
    const log = state.sign > 0 ? "log p" : "log (1 − p)";
    $("rate-field").hidden = inOne;
    $("target-field").hidden = !inOne;
    $("equation").innerHTML = inOne
      ? "Δw<sub>ij</sub> = ε x<sub>i</sub> y<sub>j</sub>, &ensp;ε = (√(S*/S) − 1)/‖x‖²"
      : `Δw<sub>ij</sub> = ε x<sub>i</sub> · 2 (∂${log}/∂S) y<sub>j</sub>`;
    const why = state.sign > 0 ? "4 S, as the case is positive" : "S/4, as the case is negative";
    const silent = found.before.S === 0 ? "S = 0: no unit is active" : "x = 0: no input is on";
    $("take").disabled = found.rate === null;
    $("rule-note").textContent = inOne
      ? found.rate === null
        ? `${silent}, so no ε can help.`
        : `S* begins at ${why}.`
      : "Only active units move, and only from inputs that are on.";
  }

  function update() {
    const found = worked(state);
    showGiven();
    showRule(found);
    showWorked(found);
    const { before, after } = found;
    showPairs($("activities"), before.y, after.y, Math.max(...before.y, ...after.y));
    showPairs($("directions"), before.normalised, after.normalised, Math.sqrt(N));
    $("direction-note").textContent = directionNote(found);
    const wanted = state.rule === "one-step" ? { "S*": state.target } : {};
    const past = [...state.path.map((step) => step.S), before.S];
    FF.course.draw($("course"), past, after.S, { θ: state.theta, ...wanted });
    $("back").disabled = state.path.length === 0;
    return found;
  }

  function take() {
    const { before, moved } = worked(state);
    state.path.push({ S: before.S, W: state.W });
    state.W = moved;
    const { S } = update().before;
    const words = S > before.S ? "rose" : S < before.S ? "fell" : "stayed";
    $("told").textContent =
      `Step ${state.path.length}: S ${words} from ${text(before.S)} to ${text(S)}.`;
  }

  function back() {
    state.W = state.path.pop().W;
    update();
    $("told").textContent = "The last step is undone.";
  }

  for (const name of ["sign", "rule"]) {
    for (const radio of document.getElementsByName(name)) {
      radio.addEventListener("input", () => {
        state[name] = name === "sign" ? Number(radio.value) : radio.value;
        if (name === "sign") aim();
        update();
      });
    }
  }
  $("take").addEventListener("click", take);
  $("back").addEventListener("click", back);
  $("sheet").addEventListener("click", () => begin(sheet(Math.random)));
  $("restart").addEventListener("click", () => begin(given));
  begin(FIRST);

  return { begin, state, update };
})();
