"use strict";
/*
 * The course of the goodness S over the steps taken, as a chart.
 */
globalThis.FF ??= {};

FF.course = (() => {
  const [LEFT, RIGHT, TOP, BOTTOM] = [38, 300, 12, 165];
  const LABELS = 10; // of the steps, at most

  /** Return an element of an SVG. */
  function drawn(tag, attributes, words = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = words;
    return element;
  }

  const path = (kind, d) => drawn("path", { class: kind, d });
  const label = (x, y, words, kind = "") => drawn("text", { x, y, class: kind }, words);
  const circle = (cx, cy, kind = "") => drawn("circle", { cx, cy, r: 4.5, class: kind });

  /**
   * Draw the course of S.
   * @param {SVGElement} svg
   * @param {number[]} past - S before the first step, after it, and so on until now
   * @param {number} next - S after the next step
   * @param {Object<string, number>} levels - by name; the first is dashed, the second dotted
   */
  function draw(svg, past, next, levels) {
    const largest = Math.max(...past, next, ...Object.values(levels), 1);
    const across = (n) => LEFT + ((RIGHT - LEFT) * n) / Math.max(past.length, 4);
    const up = (S) => BOTTOM - ((BOTTOM - TOP) * S) / (1.1 * largest);
    const { text } = FF.numbers;
    const points = [...past, next].map((S, n) => [across(n), up(S)]);
    const now = past.length - 1;
    const every = Math.ceil(past.length / LABELS);
    svg.replaceChildren(
      path("axis", `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}`),
      label(LEFT - 6, BOTTOM, "0", "end"),
      label(LEFT - 6, up(largest) + 4, text(Number(largest.toFixed(1))), "end"),
      label(LEFT - 22, (TOP + BOTTOM) / 2, "S"),
      label((LEFT + RIGHT) / 2, BOTTOM + 30, "steps taken", "middle"),
      ...Object.entries(levels).flatMap(([name, level], k) => [
        path(k ? "level dotted" : "level", `M${LEFT} ${up(level)}H${RIGHT}`),
        label(RIGHT + 5, up(level) + 4, name),
      ]),
      path("past", `M${points.slice(0, -1).join("L")}`),
      path("next", `M${points.slice(now).join("L")}`),
      ...points.slice(0, -1).map(([x, y]) => circle(x, y)),
      ...past.flatMap((_, n) => (n % every ? [] : [label(across(n), BOTTOM + 14, n, "middle")])),
      circle(...points[now + 1], "next"),
    );
    const told = Object.entries(levels).map(([name, level]) => `${name} is ${text(level)}.`);
    const words = `S so far: ${past.map(text).join(", ")}. After the next step: ${text(next)}.`;
    svg.setAttribute("aria-label", [words, ...told].join(" "));
  }

  return { draw };
})();
