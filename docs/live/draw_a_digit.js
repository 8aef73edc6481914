"use strict";
/*
 * The page "Draw a digit": what is drawn and chosen goes in, what every layer says of it is shown.
 */
globalThis.FF ??= {};

FF.digitPage = (() => {
  const { asked, code, labelled, largest, loaded } = FF.network;
  const { barTable, made } = FF.bars;
  const $ = (id) => document.getElementById(id);
  const QUIET = 700; // after the last change, before the answer is spoken [ms]

  const network = loaded(ffnumpyNetwork);
  const digits = Array.from({ length: network.classes }, (_, k) => `${k}`);
  const reading = FF.chip.uniform(Date.now()); // of the noise
  const state = { strokes: [], seed: 1, chip: null, held: "" };

  /** Return a share of 1 as a percentage. */
  const percent = (value, places = 1) => `${(100 * value).toFixed(places)} %`;

  /** Return the columns of a grid for so many units, about as wide as high, without a gap. */
  function columns(units) {
    const least = Math.ceil(Math.sqrt(units));
    for (let n = least; n <= 2 * least; n++) if (units % n === 0) return n;
    return least;
  }

  /** Return what the sliders of the chip say, as `FF.chip.manufactured` takes it. */
  function faults() {
    const bits = Number($("bits").value);
    return {
      noise: Number($("noise").value) / 100,
      bits: bits > 8 ? Infinity : bits,
      stuck: Number($("stuck").value) / 100,
    };
  }

  /** Make the card of a layer; return what shows its pass and its goodness by label. */
  function layerCard(layer, k) {
    const card = $("layer").content.cloneNode(true).firstElementChild;
    const [head, canvas, note, table] = ["h2", "canvas", ".note", "table"].map((name) =>
      card.querySelector(name),
    );
    head.textContent = `Layer ${k + 1}`;
    table.caption.textContent = `Goodness S of layer ${k + 1} for each label`;
    card.querySelector(".threshold-note").textContent =
      `θ = ${layer.threshold}: above it the layer says “right label”.`;
    $("readout").before(card);
    const show = barTable(table, digits, ["label", "S"]);
    canvas.width = columns(layer.units);
    canvas.height = Math.ceil(layer.units / canvas.width);

    return (seen, goodness, before) => {
      const active = seen.output.filter((y) => y > 0).length;
      showGrid(canvas, note, seen.output, `${active} of ${layer.units} units active`, k + 1);
      const most = Math.max(layer.threshold, ...goodness, ...(before ?? [])) * 1.02;
      const text = (S) => S.toFixed(1);
      show({ values: goodness, most, text, threshold: layer.threshold, before });
    };
  }

  /** Show an array of numbers, with what there is to say of it. */
  function showGrid(canvas, note, values, words, layer) {
    const most = Math.max(...values);
    FF.drawing.pixels(canvas, values, most);
    note.textContent = `${words}; the largest is ${most.toFixed(1)}`;
    const what = layer ? `Normalised activity of layer ${layer}` : "The input of the first layer";
    canvas.setAttribute("aria-label", `${what}: ${note.textContent}`);
  }

  const cards = network.layers.map(layerCard);
  const showProbabilities = barTable($("probabilities"), digits, ["digit", "p"]);

  /** Return the network that computes, in floating point or on the chip that was chosen. */
  function chosen() {
    if (!$("on-chip").checked) return network;
    const wanted = Object.values(faults()).concat(state.seed).join();
    if (wanted !== state.held) {
      state.chip = FF.chip.manufactured(network, faults(), state.seed, reading);
      state.held = wanted;
    }
    return state.chip;
  }

  /** Ask the network and show all. */
  function update() {
    const drawn = state.strokes.length > 0;
    const strength = Number($("strength").value);
    document.body.classList.toggle("on-chip", $("on-chip").checked);
    $("blank").hidden = drawn;
    for (const name of ["answers", "input", "layers"]) $(name).hidden = !drawn;
    tellChoices(strength);
    if (!drawn) return say("");
    const computing = chosen();
    const picture = FF.picture.drawn(state.strokes);
    const found = asked(computing, picture, strength);
    const plain = computing === network ? null : asked(network, picture, strength);
    const best = largest(found.votes);
    const look = $("look").value;
    const label = look === "best" ? best : look === "neutral" ? null : Number(look);
    const x = labelled(picture, code(label, strength, network.classes));
    showGrid($("seen"), $("seen-note"), x, "28 × 28 inputs");
    const pass = label === null ? found.neutral : found.passes[label];
    cards.forEach((show, k) => {
      const goodness = ({ passes }) => passes.map((seen) => seen[k].goodness);
      show(pass[k], goodness(found), plain && goodness(plain));
    });
    showProbabilities({
      values: [...found.probabilities],
      most: 1,
      text: (p) => p.toFixed(3),
      before: plain && [...plain.probabilities],
    });
    answer(best, found, strength);
  }

  /** Show the answers, and speak them when nothing has changed for a while. */
  function answer(best, { probabilities }, strength) {
    const read = largest([...probabilities]);
    const certain = percent(probabilities[read]);
    $("by-goodness").textContent = strength > 0 ? best : "–";
    $("by-readout").replaceChildren(`${read} `, made("small", "", certain));
    const where = $("on-chip").checked ? "On the chip" : "In floating point";
    const goodness =
      strength > 0 ? `${best} by goodness` : "no answer by goodness, without a label";
    say(`${where}: ${goodness}, ${read} by the readout, with ${certain}.`);
  }

  let timer;
  function say(words) {
    clearTimeout(timer);
    timer = setTimeout(() => ($("spoken").textContent = words), QUIET);
  }

  /** Show what the sliders say, in numbers. */
  function tellChoices(strength) {
    const { noise, bits, stuck } = faults();
    const shown = {
      strength: strength.toFixed(1),
      noise: percent(noise),
      bits: bits === Infinity ? "no limit" : `${bits}`,
      stuck: percent(stuck, 0),
    };
    for (const [name, text] of Object.entries(shown)) {
      $(`${name}-shown`).textContent = text;
      $(name).setAttribute("aria-valuetext", text);
    }
    const levels = bits === Infinity ? "any level" : `one of ${2 ** bits - 1} levels`;
    $("levels").textContent = `A cell is written to ${levels}.`;
    $("chip-number").textContent = state.seed;
  }

  /** Say what the exported file says of the network. */
  function tellNetwork() {
    const sizes = [network.layers[0].inputs, ...network.layers.map((layer) => layer.units)];
    const count = network.voters.map((k) => k + 1);
    const layers = (numbers) => `layer${numbers.length > 1 ? "s" : ""} ${numbers.join(" and ")}`;
    const first = Math.min(1, network.layers.length - 1);
    $("voters").textContent = `summed over ${layers(count)}`;
    $("reads").textContent = layers(network.layers.slice(first).map((_, k) => first + k + 1));
    $("strength").value = $("learned-with").textContent = network.strength;
    $("network-said").textContent =
      `This network, ${sizes.join("-")}, learned ${network.data.toUpperCase()}. When NumPy had trained it, ` +
      `it erred on ${percent(network.error, 2)} of the ${network.measuredOn} by goodness and on ` +
      `${percent(network.errorSoftmax, 2)} by the readout.`;
  }

  /** Take strokes from the pad. */
  function draw(strokes) {
    state.strokes = strokes;
    later();
  }

  let frame = 0;
  /** Update once before the next frame, however many changes there are until then. */
  function later() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(update);
  }

  /** Compute on the chip from now on, and read it again. */
  function onChip() {
    $("on-chip").checked = true;
    later();
  }

  const pad = FF.drawing.pad($("pad"), draw);
  for (const digit of digits) {
    const button = made("button", "digit", digit);
    button.type = "button";
    button.setAttribute("aria-label", `Example of a ${digit}`);
    button.addEventListener("click", () => pad.show(FF.examples.strokes(Number(digit))));
    $("examples").append(button);
    $("look").append(new Option(digit, digit));
  }
  $("seen").width = $("seen").height = FF.picture.SIDE;
  $("clear").addEventListener("click", pad.clear);
  $("undo").addEventListener("click", pad.undo);
  $("again").addEventListener("click", onChip);
  $("another").addEventListener("click", () => {
    state.seed += 1;
    onChip();
  });
  for (const name of ["strength", "look", "on-chip"]) $(name).addEventListener("input", later);
  for (const name of ["noise", "bits", "stuck"]) $(name).addEventListener("input", onChip);
  FF.drawing.onColours(later);
  tellNetwork();
  pad.show(FF.examples.strokes(3));

  return { network, pad };
})();
