"""The page's style: light and dark, screen and paper, laptop and phone."""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b2027; --soft: #5b6572; --line: #dde1e7; --accent: #1f6fb5;
  --wash: #eef2f7; --good: #22794a; --bad: #b3261e; --waiting: #8a6100; --edge: #98a2b0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1d2126; --ink: #e6e9ed; --soft: #9aa4b1; --line: #343a43; --accent: #7cb8ee;
    --wash: #262c34; --good: #6cc494; --bad: #f2877f; --waiting: #e2b75c; --edge: #6b7684;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 3.6rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
}
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
.brand { color: var(--accent); font-size: .85rem; font-weight: 700; letter-spacing: .02em; }
h1 { font-size: clamp(1.5rem, 4vw, 2.1rem); line-height: 1.2; margin: .2rem 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; margin: 0 0 .35rem; letter-spacing: -.005em; }
h3 { font-size: 1.02rem; margin: 1.5rem 0 .5rem; }
p { margin: .3rem 0 .8rem; max-width: 46rem; }
.soft, figcaption, small { color: var(--soft); }
nav {
  position: sticky; top: 0; z-index: 2; margin-top: 1rem; border-block: 1px solid var(--line);
  background: color-mix(in srgb, var(--page) 92%, transparent); backdrop-filter: blur(6px);
}
nav ul {
  display: flex; gap: 1.4rem; max-width: 72rem; margin: 0 auto; padding: .55rem 1.25rem; list-style: none;
  overflow-x: auto; scrollbar-width: none; white-space: nowrap; font-size: .92rem;
}
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
section { margin: 2.2rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem; }
.result {
  display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 1.5rem; align-items: center;
}
.value { font-size: clamp(1.9rem, 6vw, 2.9rem); font-weight: 650; line-height: 1.15; letter-spacing: -.02em; }
.value, td, .facts dd { font-variant-numeric: tabular-nums; }
.value span { white-space: nowrap; }
.facts {
  display: flex; flex-wrap: wrap; gap: 1px; margin: 1rem 0 0;
  background: var(--line); border: 1px solid var(--line); border-radius: 10px; overflow: hidden;
}
.facts div { flex: 1 1 9.5rem; background: var(--card); padding: .7rem .95rem; }
.facts dt { color: var(--soft); font-size: .8rem; }
.facts dd { margin: 0; font-size: 1.08rem; font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
.figures.single { grid-template-columns: minmax(0, 46rem); }
figure {
  margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden;
  display: flex; flex-direction: column;
}
figure img {
  display: block; width: 100%; height: auto; margin: auto 0; padding: .6rem;
  background: #fff; cursor: zoom-in;
}
figcaption { padding: .55rem .9rem .7rem; font-size: .86rem; border-top: 1px solid var(--line); }
.result figure { border: 0; } .result figcaption { border: 0; padding-block: .3rem 0; }
.result figure img { border-radius: 8px; padding: .3rem; }
.framed { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.scroll { overflow-x: auto; }
.note {
  color: var(--soft); font-size: .84rem; margin: 0; padding: .6rem .8rem; border-top: 1px solid var(--line);
  max-width: none;
}
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .38rem .8rem; text-align: left; vertical-align: baseline; white-space: nowrap; }
tbody tr + tr > *, tbody + tbody > tr:first-child > *, tfoot > tr > * { border-top: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); font-size: .82rem; }
tbody th { font-weight: 500; }
.number { text-align: right; }
.total > * { font-weight: 650; }
tr.strong > * { border-top: 2px solid var(--line); }
.swatch { display: inline-block; width: .72em; height: .72em; border-radius: 2px; margin-right: .5em; }
.bar { display: inline-block; height: .6em; min-width: 1px; background: var(--accent); border-radius: 2px; }
details > summary { cursor: pointer; font-weight: 600; padding: .3rem 0; color: var(--accent); }
details[open] > summary { margin-bottom: .6rem; }
code { font: .86em ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
button {
  font: inherit; color: inherit; text-align: inherit; background: none; border: 0; padding: 0;
  cursor: pointer;
}
.controls {
  display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: .6rem 0; font-size: .9rem;
}
.controls input {
  flex: 1 1 16rem; max-width: 26rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; padding: .4rem .7rem;
}
.controls button {
  border: 1px solid var(--line); background: var(--card); border-radius: 8px; padding: .4rem .7rem;
}
:is(button, input, a, summary):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
thead button::after { content: ""; display: inline-block; width: 1em; text-align: right; }
th[aria-sort=ascending] button::after { content: "↑"; }
th[aria-sort=descending] button::after { content: "↓"; }
#outputs-table thead th { position: sticky; top: 0; background: var(--card); }
#outputs-table tr.family > * { background: var(--wash); font-weight: 600; }
.toggle small { font-weight: 400; margin-left: .4rem; }
.toggle .mark::before { content: "▾"; display: inline-block; width: 1.1em; color: var(--soft); }
.folded .toggle .mark::before { content: "▸"; }
.folded tr:not(.family), [hidden] { display: none; }
.dag { display: block; margin: 0 auto; max-width: 100%; height: auto; font-family: inherit; }
.dag rect { fill: var(--wash); stroke: var(--edge); stroke-width: 1; }
.dag text { text-anchor: middle; fill: var(--ink); }
.dag .family { font-size: 13.5px; font-weight: 600; }
.dag .label { font-size: 11.5px; fill: var(--soft); }
.dag .state { font-size: 11px; font-weight: 700; fill: var(--good); }
.dag .edge { fill: none; stroke: var(--edge); stroke-width: 1.3; }
.dag .tip { fill: var(--edge); }
.dag .missing rect, .dag .unknown rect { stroke-dasharray: 4 3; fill: none; }
.dag .missing .state, .dag .unknown .state { fill: var(--soft); }
.dag .running rect { stroke: var(--waiting); } .dag .running .state { fill: var(--waiting); }
.dag .failed rect { stroke: var(--bad); stroke-width: 1.6; } .dag .failed .state { fill: var(--bad); }
.graph { padding: 1rem; overflow-x: auto; }
dialog {
  border: 0; padding: 0; border-radius: 8px; max-width: 96vw; max-height: 96vh; background: #fff;
  cursor: zoom-out;
}
dialog img { display: block; max-width: 96vw; max-height: 96vh; }
dialog::backdrop { background: rgb(0 0 0 / .7); }
footer {
  color: var(--soft); font-size: .85rem; padding-block: 1.5rem 2.5rem; border-top: 1px solid var(--line);
  margin-top: 3rem;
}
@media (max-width: 46rem) {
  .result { grid-template-columns: minmax(0, 1fr); }
  header, main, footer { padding-inline: .9rem; }
  nav ul { padding-inline: .9rem; gap: 1.1rem; }
  .card { padding: 1rem; }
  .dag { max-width: none; min-width: 40rem; }
}
@media print {
  :root {
    --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #f2f2f2; --edge: #777;
    --accent: #000; --good: #22794a; color-scheme: light;
  }
  nav, .controls, dialog { display: none; }
  body { font-size: 10.5pt; } .value { font-size: 22pt; }
  header, main, footer { max-width: none; padding-inline: 0; }
  section { margin: 1.2rem 0; }
  figure, tr, .card { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .figures { grid-template-columns: 1fr 1fr; }
  .scroll, .graph { overflow: visible; }
  table { font-size: 8.5pt; } th, td { padding: .2rem .4rem; white-space: normal; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
"""
