"""How the HTML report looks."""

CSS = """\
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1f2328; --soft: #59636e; --rule: #d9dde1; --tint: #f5f6f8;
  --accent: #0b5cad; --correction: #8a5a00; --missing: #59636e; --warning: #b42318;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181c; --ink: #dfe3e8; --soft: #9aa4af; --rule: #343a41; --tint: #1d2126;
    --accent: #6cb2f5; --correction: #e0ab4d; --missing: #9aa4af; --warning: #f47067;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem;
  background: var(--page); color: var(--ink);
  font: 1.0625rem/1.6 Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif;
}
header, h1, h2, h3, nav, th, td, figcaption, .caption, .note, .notes {
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
p, ul, .note, nav { max-width: 42rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; }
h2 { font-size: 1.4rem; line-height: 1.3; margin: 3.2rem 0 .8rem; padding-top: 1rem;
  border-top: 1px solid var(--rule); }
h3 { font-size: 1.08rem; margin: 2.2rem 0 .5rem; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
.subtitle { color: var(--soft); margin-bottom: 2rem; }
nav ol { margin: 1.5rem 0; padding-left: 1.4rem; font-size: .95rem; line-height: 1.8; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.note { margin: 1rem 0 1.2rem; padding: .6rem .9rem; border-left: 3px solid var(--mark);
  background: var(--tint); font-size: .93rem; line-height: 1.5; }
.note b { color: var(--mark); }
.correction { --mark: var(--correction); }
.missing { --mark: var(--missing); }
.warning { --mark: var(--warning); }
.scroll { overflow-x: auto; max-width: 100%; }
.table { margin: 1.4rem 0 1.8rem; }
table { border-collapse: collapse; font-size: .86rem; line-height: 1.35;
  font-variant-numeric: tabular-nums lining-nums; }
th, td { padding: .32rem .8rem .32rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--rule); }
th { font-weight: 600; vertical-align: bottom; border-bottom-color: var(--soft); }
th:last-child, td:last-child { padding-right: .2rem; }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--page); }
.n { text-align: right; white-space: nowrap; }
td { max-width: 24rem; }
td b { font-weight: 700; }
.caption, figcaption { font-size: .86rem; line-height: 1.45; color: var(--soft); margin: 0 0 .5rem;
  max-width: 46rem; }
.caption b, figcaption b { color: var(--ink); }
.notes { font-size: .8rem; line-height: 1.45; color: var(--soft); margin: .5rem 0 0;
  max-width: 46rem; }
figure { margin: 1.4rem 0 1.8rem; }
figcaption { margin: .6rem 0 0; }
.panels { display: grid; gap: 1rem 1.5rem;
  grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); }
.panels svg { display: block; width: 100%; height: auto; }
.scroll > svg { display: block; width: 100%; min-width: 46rem; height: auto; }
pre { margin: 1rem 0; padding: .7rem .9rem; overflow-x: auto; background: var(--tint);
  border: 1px solid var(--rule); border-radius: 4px; font-size: .85rem; line-height: 1.5; }
code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono",
  monospace; font-size: .92em; overflow-wrap: anywhere; }
pre code { font-size: 1em; overflow-wrap: normal; }
p { overflow-wrap: break-word; }
@media (max-width: 40rem) {
  body { padding: 1.4rem 1rem 3rem; font-size: 1rem; }
  h1 { font-size: 1.55rem; }
  h2 { font-size: 1.25rem; margin-top: 2.4rem; }
}
@media print {
  :root { --page: #ffffff; --ink: #000000; --soft: #444444; --rule: #bbbbbb; --tint: #f5f5f5;
    --accent: #000000; --correction: #6b4600; --missing: #444444; --warning: #8f1d14; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; font-size: 1rem; }
  table { font-size: .8rem; }
  th, td { padding-right: .45rem; }
  .scroll { overflow: visible; }
  .scroll > svg { min-width: 0; }
  .panels { grid-template-columns: 1fr 1fr; }
  figure, .note, tr { break-inside: avoid; }
  h2, h3, .caption { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
"""
