/** The style sheet of the report: one column of cards, system fonts, colours that hold in light, dark and print. */

export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #f6f6f4; --card: #fff; --ink: #1c1e21; --muted: #646a73; --line: #e3e4e6; --hover: #0000000a;
  --hit: #2563c9; --miss: #c2410c; --quiet: #8b93a1; --on-strong: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131518; --card: #1b1e22; --ink: #e9ebee; --muted: #9aa2ad; --line: #2d3137; --hover: #ffffff0d;
    --hit: #6ea3f7; --miss: #f58a54; --quiet: #848d9b; --on-strong: #101215;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
body > header, main, body > footer { max-width: 1120px; margin: 0 auto; padding-inline: 32px; }
body > header { padding-top: 56px; }
:focus-visible { outline: 2px solid var(--hit); outline-offset: 2px; border-radius: 4px; }
[id] { scroll-margin-top: 20px; }
.skip { position: absolute; left: 12px; top: -60px; padding: 8px 14px; background: var(--card); color: var(--ink); border-radius: 8px; }
.skip:focus { top: 12px; }
nav ul { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 20px; }
nav a { display: block; padding: 5px 12px; border: 1px solid var(--line); border-radius: 16px; background: var(--card); color: var(--ink); font-size: .875rem; text-decoration: none; }
nav a:hover { border-color: var(--hit); }
.short { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px 40px; padding: 24px 26px; }
.short p { max-width: 68ch; text-wrap: pretty; }
.short p + p { margin-top: 6px; }
.short + .headline, section + .headline { margin-top: 16px; }
h1, h2, h3, p, dl, dd, ol, ul, figure { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1 { font-size: clamp(1.6rem, 4vw, 2.25rem); line-height: 1.15; letter-spacing: -.02em; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.25; letter-spacing: -.01em; }
h3 { font-size: 1rem; }
h1, dd, th[scope=row], .word { overflow-wrap: anywhere; }
h1, h2, dd, td, th, .id { unicode-bidi: isolate; }
body > header { margin-bottom: 36px; }
section:first-child { margin-top: 0; }
.kicker { color: var(--muted); margin-bottom: 6px; }
section { margin-top: 52px; }
section > h2 { margin-bottom: 14px; }
.lead { color: var(--muted); max-width: 78ch; margin: -8px 0 16px; text-wrap: pretty; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.empty, .note { color: var(--muted); }
.card.empty { padding: 24px; }
.note { font-size: .875rem; margin-top: 6px; }

.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 14px; }
.headline > div { padding: 18px 20px 16px; }
.headline dt { color: var(--muted); font-size: .9rem; }
.headline dd { font-size: 1.75rem; font-weight: 600; line-height: 1.25; letter-spacing: -.02em; }
.headline .remark { font-size: .8125rem; font-weight: 400; line-height: 1.4; letter-spacing: 0; color: var(--muted); margin-top: 3px; text-wrap: balance; }
.headline > div:first-child dd:not(.remark) { color: var(--hit); }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 18px 28px; padding: 22px 24px; }
.facts dt { color: var(--muted); font-size: .875rem; }

.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 16px; }
.pair figure { padding: 20px 20px 14px; }
figcaption h3 { margin-bottom: 4px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 22px; font-size: .875rem; margin-bottom: 12px; }
.legend svg { width: 28px; height: 8px; margin-right: 8px; vertical-align: .1em; }
.legend span { color: var(--muted); }
.curves { display: block; width: 100%; height: auto; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.validation .line { stroke: var(--hit); }
.training .line { stroke: var(--quiet); stroke-dasharray: 5 4; }
.validation .dot { fill: var(--hit); }
.training .dot { fill: var(--quiet); }
.dot, .line { pointer-events: none; }
.grid { stroke: var(--line); }
.tick { fill: var(--muted); font-size: 12px; }
.unit { max-width: 520px; margin: 0 auto; }
.diagonal { stroke: var(--quiet); stroke-dasharray: 3 5; stroke-width: 1.5; }
.before .line, .micro .line { stroke: var(--hit); }
.before .dot { fill: var(--hit); }
.after .line { stroke: var(--miss); stroke-dasharray: 7 4; }
.after .dot { fill: var(--miss); }
.bars rect { fill: var(--quiet); }
.micro .line { stroke-width: 2.5; }
.macro .line { stroke: var(--ink); stroke-dasharray: 7 4; }
.weak .line { stroke: var(--miss); stroke-width: 1.75; pointer-events: stroke; }
.weak-2 .line { stroke-dasharray: 8 3; }
.weak-3 .line { stroke-dasharray: 2 3; }
.faint .line { stroke: var(--quiet); stroke-width: 1; opacity: .45; pointer-events: stroke; }
.beside-table { display: grid; grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr); gap: 24px; padding: 20px; align-items: start; }
.beside-table table { font-size: .875rem; }
.beside-table .note { padding: 0 12px; margin-top: 12px; }
.band { fill: transparent; }
.band:hover { fill: var(--hover); }

table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { padding: 7px 12px; text-align: right; font-weight: 400; }
td:not(.word) { white-space: nowrap; }
th[scope=row], .word { min-width: 6.5em; }
th:first-child, .word { text-align: left; }
thead th { color: var(--muted); font-size: .8125rem; vertical-align: bottom; }
tbody tr { border-top: 1px solid var(--line); }
tbody tr:hover { background: var(--hover); }
tfoot tr { border-top: 1px solid var(--line); }
tfoot tr:first-child { border-top: 2px solid var(--line); }
tfoot th, tfoot td { color: var(--muted); }
caption { text-align: left; padding: 0 12px 8px; font-weight: 600; }
.scroll { overflow-x: auto; }
.classes th, .classes td { padding: 8px 20px; }
.classes th[scope=row] { min-width: 9em; }
.classes.dense th, .classes.dense td { padding-block: 4px; }
.classes small { display: block; color: var(--muted); font-size: .75rem; }
.classes .bar small { clear: both; }
.slices .worse .mark { color: var(--miss); font-weight: 600; }
.slices .better .mark { color: var(--hit); font-weight: 600; }
.figures th[scope=row], .slices th[scope=row] { min-width: 9.5em; }
.figures .word { color: var(--muted); white-space: normal; min-width: 16em; }
.limits { padding: 20px 24px 20px 44px; list-style: disc; }
.limits li { max-width: 88ch; }
.limits li + li { margin-top: 6px; }
.reproduce { padding: 22px 24px; }
.reproduce .facts { padding: 18px 0 0; }
.reproduce p { margin-top: 12px; max-width: 88ch; }
pre { margin: 0; overflow-x: auto; padding: 12px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--page); font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.classes .absent { color: var(--muted); }
.classes .bar { width: 34%; min-width: 150px; }
.bar::before {
  content: ""; float: left; height: 8px; margin-top: .5em; border-radius: 4px; width: calc(100% - 74px);
  background: linear-gradient(var(--hit), var(--hit)) 0 / var(--share) 100% no-repeat var(--line);
}
tfoot .bar::before { opacity: .5; }
details { margin-top: 14px; }
summary { cursor: pointer; color: var(--muted); font-size: .9375rem; }
details .scroll { margin-top: 10px; max-height: 480px; overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.matrix { font-size: .8125rem; }
.matrix th:first-child { position: sticky; left: 0; background: var(--card); }
.matrix thead th { max-width: 9em; }

.switch { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 0 0 14px; padding: 0; border: 0; font-size: .875rem; }
.switch legend { float: left; padding: 0; margin-right: 4px; color: var(--muted); }
.switch label { display: flex; align-items: center; gap: 6px; cursor: pointer; }
.switch input { width: 16px; height: 16px; margin: 0; accent-color: var(--hit); }
.confusion { display: grid; gap: 28px; padding: 20px; }
.confusion.beside { grid-template-columns: minmax(0, 1.5fr) minmax(290px, 1fr); }
.confusion table { font-size: .875rem; }
.confusion :is(th, td, caption) { padding-inline: 8px; }
.heat { display: block; width: 100%; height: auto; margin: 0 auto; }
.heat .name { fill: var(--ink); }
.heat .none { fill: var(--hover); }
.heat .hit, .scale .hit { fill: var(--hit); }
.heat .miss { fill: var(--miss); }
.heat rect:is(.hit, .miss) { fill-opacity: var(--row); }
.heat .count { fill: var(--ink); pointer-events: none; }
.heat :is(.by-row, .by-column) { display: none; }
.confusion:has(#mode-row:checked, #mode-column:checked) .counts { display: none; }
.confusion:has(#mode-row:checked) .by-row { display: inline; }
.confusion:has(#mode-column:checked) .by-column { display: inline; }
.confusion:has(#mode-column:checked) rect:is(.hit, .miss) { fill-opacity: var(--column); }
.heat .count.strong { fill: var(--on-strong); }
.heat g:hover rect { stroke: var(--ink); stroke-width: 1.5; }
.scale { display: flex; flex-wrap: wrap; gap: 4px 28px; color: var(--muted); font-size: .8125rem; margin-top: 14px; }
.scale i { display: inline-block; width: 72px; height: 9px; border-radius: 3px; margin: 0 6px; }
.scale .hit { background: linear-gradient(90deg, color-mix(in srgb, var(--hit) 10%, transparent), var(--hit)); }
.scale .miss { background: linear-gradient(90deg, color-mix(in srgb, var(--miss) 10%, transparent), var(--miss)); }

.pair-name { margin: 26px 0 10px; }
.lead + .pair-name { margin-top: 0; }
.pair-name span { color: var(--muted); font-weight: 400; font-size: .875rem; margin-left: 8px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(158px, 1fr)); gap: 14px; }
.gallery .card { overflow: hidden; break-inside: avoid; }
.picture { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--hover); }
.picture.tiny { image-rendering: pixelated; }
.picture.absent { display: grid; place-items: center; color: var(--muted); font-size: .875rem; }
.gallery figcaption { padding: 9px 12px 10px; font-size: .9375rem; line-height: 1.3; }
.gallery dl > div { display: grid; grid-template-columns: 1fr auto; }
.gallery dl > div + div { margin-top: 5px; }
.gallery dt, .gallery .share { color: var(--muted); font-size: .75rem; }
.gallery .name { grid-column: 1 / -1; font-weight: 500; }
.gallery .said .name { color: var(--miss); }
.gallery .true .name { color: var(--hit); }
.id { color: var(--muted); font-size: .75rem; margin-top: 6px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
body > footer { margin-top: 48px; padding-block: 0 40px; color: var(--muted); font-size: .8125rem; }
footer p { max-width: 90ch; padding-top: 16px; border-top: 1px solid var(--line); }

@media (max-width: 860px) { .confusion.beside, .beside-table { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 560px) {
  body > header, main, body > footer { padding-inline: 16px; }
  body > header { padding-top: 32px; }
  .short { padding: 18px 16px; }
  .beside-table { padding: 14px; }
  .pair-name span { display: block; margin: 0; }
  section { margin-top: 40px; }
  .headline { grid-template-columns: 1fr 1fr; gap: 10px; }
  .headline > div { padding: 13px 14px; }
  .headline dd { font-size: 1.4rem; }
  .facts { grid-template-columns: 1fr 1fr; padding: 16px; gap: 14px 16px; }
  .pair figure, .confusion { padding: 14px; }
  .tick { font-size: 15px; }
  .headline > div:last-child:nth-child(odd) { grid-column: 1 / -1; }
  .classes { font-size: .875rem; }
  .classes :is(th, td) { padding: 7px 6px; }
  .classes :is(th, td):first-child { padding-left: 14px; }
  .classes :is(th, td):last-child { padding-right: 14px; }
  .classes th[scope=row] { min-width: 7em; }
  .classes .bar { width: auto; min-width: 0; }
  .bar::before { display: none; }
  .gallery { grid-template-columns: 1fr 1fr; gap: 10px; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --ink: #000; --muted: #555; --line: #ccc; --hit: #2563c9; --miss: #c2410c; --quiet: #777; --on-strong: #fff; }
  * { print-color-adjust: exact; }
  :root { font-size: 11.5px; }
  body > header, main, body > footer { max-width: none; padding: 0; }
  nav, .skip, .switch { display: none; }
  .short { grid-template-columns: 1fr 1fr; }
  section { margin-top: 24px; }
  .headline { grid-template-columns: repeat(5, 1fr); }
  .headline > div { padding: 12px 14px; }
  .facts { grid-template-columns: repeat(4, 1fr); }
  .pair { grid-template-columns: 1fr 1fr; }
  .confusion.beside { grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr); }
  .heat { min-width: 0 !important; }
  .gallery { grid-template-columns: repeat(6, 1fr); }
  h2, h3, thead { break-after: avoid; }
  tr, figure, .headline > div, .heat { break-inside: avoid; }
  tfoot { display: table-row-group; }
  body > footer { margin-top: 24px; }
  summary { display: none; }
  .scroll { overflow: visible; max-height: none; }
}
`;
