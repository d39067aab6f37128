"""The page's script: folds, sorts and searches the table of outputs, and enlarges figures.

It is a constant here, not a file beside the code, so that a change of it is a change of the code.
Without scripts the page shows everything, unfolded.
"""

SCRIPT = """
"use strict";
(() => {
  const table = document.getElementById("outputs-table");
  if (table) {
    const groups = [...table.tBodies];
    const toggleOf = group => group.querySelector(".toggle");
    const fold = (group, folded) => {
      group.classList.toggle("folded", folded);
      toggleOf(group).setAttribute("aria-expanded", String(!folded));
    };
    const found = document.getElementById("found");
    const rowsOf = group => [...group.rows].slice(1);
    for (const group of groups) {
      if (group.hasAttribute("data-fold")) fold(group, true);
      toggleOf(group).addEventListener("click", () => fold(group, !group.classList.contains("folded")));
      for (const row of rowsOf(group)) {
        row.text = [group.dataset.family, row.textContent, row.dataset.path].join(" ").toLowerCase();
      }
    }
    const search = document.getElementById("search");
    search.addEventListener("input", () => {
      const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
      let hits = 0;
      for (const group of groups) {
        let inGroup = 0;
        for (const row of rowsOf(group)) {
          const hit = words.every(word => row.text.includes(word));
          row.hidden = !hit;
          inGroup += hit;
        }
        group.hidden = inGroup === 0;
        if (words.length) fold(group, false);
        hits += inGroup;
      }
      found.textContent = words.length ? hits + " found" : "";
    });
    document.getElementById("unfold").addEventListener("click", () => groups.forEach(g => fold(g, false)));
    document.getElementById("fold").addEventListener("click", () => groups.forEach(g => fold(g, true)));

    const value = (row, column) => {
      const cell = row.cells[row.classList.contains("family") ? Math.max(column - 2, 0) : column];
      const text = cell.dataset.sort ?? cell.textContent;
      const number = cell.classList.contains("number") ? Number(text) : NaN;
      return Number.isNaN(number) ? text : number;
    };
    const compare = (a, b) => typeof a === "number" && typeof b === "number"
      ? a - b : String(a).localeCompare(String(b), "en", {numeric: true});
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => header.firstElementChild.addEventListener("click", () => {
      const order = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      headers.forEach(other => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const sorted = rows => rows.sort((a, b) => sign * compare(value(a, column), value(b, column)));
      for (const group of groups) group.append(...sorted(rowsOf(group)));
      if (column > 2) {
        const summaries = sorted(groups.map(group => group.rows[0]));
        table.append(...summaries.map(row => row.parentElement));
      }
    }));
  }

  const dialog = document.getElementById("enlarged");
  if (dialog) {
    const picture = dialog.querySelector("img");
    document.querySelectorAll("figure img").forEach(image => image.addEventListener("click", () => {
      picture.src = image.src;
      picture.alt = image.alt;
      dialog.showModal();
    }));
    dialog.addEventListener("click", () => dialog.close());
  }
  window.addEventListener("beforeprint", () =>
    document.querySelectorAll("details.print").forEach(details => { details.open = true; }));
})();
"""
