"use strict";
/*
 * Numbers as bars in a table, one row a label, so that a screen reader can read them.
 */
globalThis.FF ??= {};

FF.bars = (() => {
  /** Make an element with a class and some text. */
  function made(tag, name, text = "") {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.textContent = text;
    return element;
  }

  /** Return a share of the width as a style, between 0 and all. */
  const share = (value, most) => `${100 * Math.min(Math.max(value / most, 0), 1) || 0}%`;

  /**
   * Fill a table with a row for each name.
   * @param {HTMLTableElement} table - with its caption
   * @param {string[]} names
   * @param {string[]} heads - of the columns of names and of numbers
   * @returns {function({values: number[], most: number, text: function(number): string,
   *   threshold?: number, before?: number[]}): void} shows values, of which the largest is marked, unless all are alike;
   *   `threshold` is a dashed line across all bars, `before` a mark for each value
   */
  function barTable(table, names, heads) {
    const head = table.createTHead().insertRow();
    for (const text of heads) {
      const cell = made("th", "", text);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    const rows = names.map((name) => {
      const row = body.insertRow();
      const label = made("th", "", name);
      label.scope = "row";
      const track = made("div", "track");
      track.setAttribute("aria-hidden", "true");
      const [bar, line, mark] = ["bar", "threshold", "before"].map((kind) => made("div", kind));
      track.append(bar, line, mark);
      const [cell, number] = [made("td"), made("span", "number")];
      cell.append(track, number);
      row.append(label, cell);
      return { row, bar, line, mark, number };
    });

    return ({ values, most, text, threshold, before }) => {
      const alike = values.every((value) => value === values[0]);
      const winner = alike ? -1 : FF.network.largest(values);
      rows.forEach(({ row, bar, line, mark, number }, k) => {
        row.classList.toggle("largest", k === winner);
        bar.style.width = share(values[k], most);
        number.textContent = text(values[k]);
        if (k === winner) number.append(made("span", "hidden", ", the largest"));
        place(line, threshold, most);
        place(mark, before?.[k], most);
      });
    };
  }

  /** Put a mark at a value, or hide it. */
  function place(mark, value, most) {
    mark.hidden = value === undefined;
    if (!mark.hidden) mark.style.left = share(value, most);
  }

  return { barTable, made, share };
})();
