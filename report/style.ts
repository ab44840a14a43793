/** The look of the report; no `<`, so that it cannot end its element. Colours are never the only difference. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fff; --card: #f6f8fa; --ink: #17202b; --soft: #55606e; --rule: #d5dbe2; --faint: #e9edf1;
  --own: #1f62b0; --champion: #b25409; --good: #14713f; --goodpaper: #e6f4ec; --bad: #ab2118; --badpaper: #fcebe9;
  --warn: #8a5a00; --warnpaper: #fdf3dc; --bar: #6fa3dc; --rest: #b8c2cd;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #12171d; --card: #1a2129; --ink: #e6ebf0; --soft: #a3afbc; --rule: #38434f; --faint: #262f39;
    --own: #7ab4f5; --champion: #f2a562; --good: #69d096; --goodpaper: #16301f; --bad: #ff968c; --badpaper: #3a1b19;
    --warn: #f0c265; --warnpaper: #33290f; --bar: #4079b8; --rest: #4d5966;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 72rem; padding: 0 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
header { padding: 1.75rem 0 .5rem; }
h1 { margin: .1rem 0; font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.15; letter-spacing: -.015em; }
h2 { margin: 0 0 .6rem; font-size: 1.35rem; line-height: 1.25; letter-spacing: -.01em; }
h3 { margin: 0 0 .4rem; font-size: 1rem; line-height: 1.35; }
p { margin: 0 0 .75rem; max-width: 46rem; }
section { margin-top: 2.5rem; }
section + section { border-top: 1px solid var(--rule); padding-top: 1.75rem; }
section > h3, section > .scroll + h3, section > table + h3 { margin-top: 1.5rem; }
a { color: var(--own); }
code { font: .92em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
small { display: block; color: var(--soft); font-size: .8rem; font-weight: 400; }
p small { display: inline; font-size: .95rem; }
.kicker { margin: 0; color: var(--soft); font-size: .82rem; letter-spacing: .04em; text-transform: uppercase; }
.meta, .note, .more, footer, figcaption, caption { color: var(--soft); }
.meta { margin: 0; }
.note, .more, footer { font-size: .88rem; }
.more, table + .note { margin: .6rem 0 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
section.verdict { margin-top: 1rem; padding: 1rem 1.15rem; border: 0; border-left: .4rem solid; border-radius: .4rem; }
section.verdict h2 { margin: 0 0 .15rem; }
section.verdict p { margin: 0; color: var(--ink); }
section.passed { border-color: var(--good); background: var(--goodpaper); }
section.passed h2, td.passed { color: var(--good); }
section.refused { border-color: var(--bad); background: var(--badpaper); }
section.refused h2, td.refused { color: var(--bad); }
td.passed, td.refused { white-space: nowrap; font-weight: 600; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 1rem 0 0; padding: 0; list-style: none; font-size: .92rem; }
nav a { display: inline-block; padding: .2rem 0; }
nav + section { margin-top: 1.5rem; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 .5rem; text-align: left; font-size: .85rem; }
th, td { padding: .4rem .5rem; border-bottom: 1px solid var(--faint); text-align: left; vertical-align: top; font-weight: 400; }
thead th, thead td { border-bottom-color: var(--rule); color: var(--soft); font-size: .82rem; vertical-align: bottom; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--own); outline-offset: 2px; }
table.bars { table-layout: fixed; }
table.bars th { width: 28%; }
table.bars td { vertical-align: middle; }
table.bars td:last-child { width: 24%; text-align: right; }
.pair table.bars th { width: 36%; }
table.bars th { vertical-align: middle; }
tr.own th { font-weight: 600; }
tr.own td, tr.own th { background: var(--card); }
table.metrics td, table.metrics thead th + th { text-align: right; white-space: nowrap; }
table.metrics th[scope=row] { min-width: 9rem; }
table.metrics thead th { white-space: normal; min-width: 5.5rem; }
table.slices td, table.slices thead th + th { text-align: right; white-space: nowrap; }
table.slices .line { width: 32%; min-width: 7rem; vertical-align: middle; }
table.slices th[scope=row] { min-width: 6rem; }
table.rules { table-layout: fixed; }
table.rules thead th:first-child { width: 6rem; }
table.rules thead th:nth-child(2) { width: 36%; }
table.confusion { width: auto; min-width: min(100%, 22rem); margin-bottom: 1.5rem; overflow-wrap: break-word; }
table.confusion td { min-width: 4rem; padding: .4rem .5rem; border: 1px solid var(--paper); text-align: right; white-space: nowrap; }
table.confusion th[scope=row] { min-width: 5.5rem; max-width: 11rem; vertical-align: middle; }
table.confusion th[scope=col] { max-width: 6rem; hyphens: auto; }
.scroll th[scope=row] { position: sticky; left: 0; background: var(--paper); }
.scroll tr.own th[scope=row] { background: var(--card); }
table.confusion td small { color: inherit; opacity: .85; }
table.confusion thead td { border: 0; min-width: 0; }
table.confusion thead th { text-align: right; min-width: 4rem; }
td.right { background: color-mix(in srgb, var(--own) calc(.08 * 100% + .32 * var(--share)), var(--paper)); }
td.wrong { background: color-mix(in srgb, var(--champion) calc(.7 * var(--share)), var(--card)); }
dl { display: grid; gap: .15rem 0; margin: 0 0 1rem; font-size: .92rem; }
dl > div { display: grid; grid-template-columns: minmax(6.5rem, 9rem) 1fr; gap: .75rem; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
ul { margin: 0 0 .75rem; padding-left: 1.15rem; }
ul.settings { columns: 16rem; font-size: .88rem; }
ul.short { columns: 15rem; padding: 0; list-style: none; color: var(--soft); font-size: .82rem; }
ul.short bdi { color: var(--ink); }
.callout { margin: 0 0 1rem; padding: .75rem 1rem; border-left: .3rem solid var(--warn); border-radius: .3rem; background: var(--warnpaper); }
.callout ul { margin: 0; }
.charts, .cards, .pair { display: grid; gap: 1.75rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); }
.charts > figure { max-width: 32rem; }
.pair { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.cards { gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17.5rem), 1fr)); }
.cards article { padding: .85rem 1rem; border-radius: .5rem; background: var(--card); min-width: 0; }
.cards h3 { margin: 0; }
.cards dl { margin: .6rem 0 0; font-size: .85rem; }
.cards dl > div { grid-template-columns: 5.5rem 1fr; gap: .5rem; }
.cards table.bars { font-size: .82rem; }
.cards table.bars th, .cards table.bars td { padding: .12rem .3rem; border: 0; }
.cards table.bars th { width: 44%; padding-left: 0; line-height: 1.3; }
.cards table.bars td:last-child { width: 24%; padding-right: 0; }
.marks { margin: .15rem 0 .6rem; line-height: 1.7; }
.mark { display: inline-block; padding: 0 .5em; border: 1px solid var(--rule); border-radius: 1em; color: var(--soft); font-size: .75rem; line-height: 1.6; }
.mark.bad { border-color: var(--bad); color: var(--bad); background: var(--badpaper); }
.mark.warning { border-color: var(--warn); color: var(--warn); background: var(--warnpaper); }
figure { margin: 0; min-width: 0; }
figcaption { margin-top: .35rem; font-size: .85rem; }
details { margin-top: .4rem; }
summary { cursor: pointer; color: var(--own); }
svg { display: block; width: 100%; height: auto; overflow: visible; fill: none; }
svg text { fill: var(--soft); font: 11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
svg text.name { fill: var(--ink); }
.grid { stroke: var(--faint); } .axis { stroke: var(--rule); }
.line { stroke: var(--own); stroke-width: 2; stroke-linejoin: round; }
.line.thin { stroke-width: 1; opacity: .6; }
.line.champion { stroke: var(--champion); stroke-dasharray: 6 3; }
.chance, .zero { stroke: var(--soft); stroke-dasharray: 2 3; }
.bar { fill: var(--bar); } .bar.rest, .bar.none { fill: var(--rest); }
.bar.slight { fill: var(--warn); } .bar.large, .bar.worse { fill: var(--bad); }
.whisker { stroke: var(--ink); stroke-width: 1.5; }
.dot { fill: var(--own); }
.point { fill: var(--paper); stroke: var(--bad); stroke-width: 2.5; }
.cloud { stroke: var(--own); stroke-width: 4; stroke-linecap: round; opacity: .45; }
svg.cell { height: .9rem; }
svg.interval { height: 1.1rem; }
.track { stroke: var(--faint); } .reference { stroke: var(--soft); stroke-dasharray: 2 2; }
svg.interval .whisker { stroke: var(--own); stroke-width: 3; opacity: .55; }
svg.champion .whisker { stroke: var(--champion); } svg.champion .dot { fill: var(--champion); }
svg.baseline .dot { fill: var(--soft); }
.fold { stroke: var(--own); stroke-width: 1.5; fill: var(--paper); }
svg.histogram { height: 3.5rem; border-bottom: 1px solid var(--rule); }
.ends { display: flex; justify-content: space-between; margin: 0; color: var(--soft); font-size: .75rem; }
.key { display: inline-block; width: 1.4em; margin-right: .15em; vertical-align: middle; border-top: 2px solid var(--own); }
.key.champion { border-top: 2px dashed var(--champion); }
.key.chance { border-top: 2px dotted var(--soft); }
.key.point { width: .75em; height: .75em; border: 2px solid var(--bad); border-radius: 50%; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
@media (max-width: 30rem) {
  body { padding: 0 .85rem 2rem; }
  th, td { padding: .35rem .35rem; }
  table.bars { font-size: .87rem; }
  table.bars th { width: 36%; } table.bars td:last-child { width: 33%; }
  dl > div { grid-template-columns: 6.2rem 1fr; gap: .5rem; }
  small { font-size: .75rem; }
  table.slices .line { min-width: 4.2rem; }
  table.slices th[scope=row] { min-width: 4.6rem; max-width: 6.5rem; }
  table.metrics th[scope=row] { min-width: 7rem; max-width: 8rem; }
  table.confusion { overflow-wrap: anywhere; }
  table.confusion td, table.confusion thead th { min-width: 3.6rem; }
  table.confusion th[scope=row] { min-width: 5rem; }
  table.rules thead { position: absolute; clip-path: inset(50%); }
  table.rules tr, table.notes tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--faint); }
  table.rules th, table.rules td, table.notes th, table.notes td { display: block; width: auto; padding: 0; border: 0; }
  table.notes thead { position: absolute; clip-path: inset(50%); }
  table.rules th, table.notes th { font-weight: 600; }
}
@media print {
  :root { color-scheme: light; }
  @page { margin: 15mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav { display: none; }
  section { margin-top: 1.25rem; } section + section { padding-top: 1rem; }
  h2, h3 { break-after: avoid; }
  figure, article, tr, .callout, section.verdict { break-inside: avoid; }
  .scroll { overflow: visible; }
  .charts { grid-template-columns: 1fr 1fr; } .cards { grid-template-columns: 1fr 1fr 1fr; }
  table.metrics td, table.slices td { white-space: normal; }
  details { display: none; }
}
`;
