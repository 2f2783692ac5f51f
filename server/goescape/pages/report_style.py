"""How the report looks: in VS Code with its colours, elsewhere light or dark, and on paper."""

from __future__ import annotations

POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
STYLE = """
:root { color-scheme: light dark;
  --text: var(--vscode-foreground, #24292f); --page: var(--vscode-editor-background, #fff);
  --quiet: var(--vscode-descriptionForeground, #57606a);
  --link: var(--vscode-textLink-foreground, #0550ae);
  --line: var(--vscode-editorWidget-border, #d0d7de);
  --code: var(--vscode-textCodeBlock-background, #f3f5f7); --mark: #fff1c2;
  --heat0: #e8edf2; --heat1: #f5ecd0; --heat2: #f6dfae; --heat3: #f5cd86; --heat4: #f0b862;
  --warning: var(--vscode-goescape-warning, #bf8700);
  --information: var(--vscode-goescape-information, #1f77d0);
  --hint: var(--vscode-goescape-hint, #8c959f); --better: #1a7f37; }
@media (prefers-color-scheme: dark) { :root { --text: var(--vscode-foreground, #d0d7de);
  --page: var(--vscode-editor-background, #0d1117);
  --quiet: var(--vscode-descriptionForeground, #9aa4af);
  --link: var(--vscode-textLink-foreground, #79b8ff);
  --line: var(--vscode-editorWidget-border, #30363d);
  --code: var(--vscode-textCodeBlock-background, #161b22); --mark: #4a3a10;
  --heat0: #21262d; --heat1: #3a3014; --heat2: #4d3c12; --heat3: #60480e; --heat4: #74550b;
  --better: #3fb950; } }
body.vscode-light { --mark: #fff1c2;
  --heat0: #e8edf2; --heat1: #f5ecd0; --heat2: #f6dfae; --heat3: #f5cd86; --heat4: #f0b862; }
body.vscode-dark, body.vscode-high-contrast { --mark: #4a3a10;
  --heat0: #21262d; --heat1: #3a3014; --heat2: #4d3c12; --heat3: #60480e; --heat4: #74550b; }
* { box-sizing: border-box; }
body { color: var(--text); background: var(--page); margin: 0; line-height: 1.5;
  font-family: var(--vscode-font-family, system-ui, sans-serif); }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 3rem; }
h1 { font-size: 1.5rem; font-weight: 600; margin: .5rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; font-weight: 600; margin: 1.8rem 0 .4rem; }
code { font-family: var(--vscode-editor-font-family, ui-monospace, monospace); font-size: .92em;
  color: inherit; background: none; padding: 0; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
.quiet { color: var(--quiet); } p.quiet { margin: 0; }
.tiles { display: flex; gap: .6rem; flex-wrap: wrap; margin: 1rem 0; }
.tile { border: 1px solid var(--line); border-left: 4px solid var(--text); border-radius: 4px;
  padding: .35rem .8rem; } .tile b { font-size: 1.25rem; margin-right: .25rem; }
.tile.warning { border-left-color: var(--warning); }
.tile.information { border-left-color: var(--information); }
.tile.hint { border-left-color: var(--hint); } .tile.better { border-left-color: var(--better); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; padding: .2rem .6rem .2rem 0; }
td { padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
td.number { text-align: right; width: 3.5rem; font-variant-numeric: tabular-nums; }
td.share { width: 30%; font-variant-numeric: tabular-nums; vertical-align: top; }
td.bar { width: 38%; white-space: nowrap; font-size: 0; padding-right: 0; }
td.bar i { display: inline-block; height: .7rem; }
i.warning { background: var(--warning); } i.information { background: var(--information); }
i.hint { background: var(--hint); }
.treemap { position: relative; width: 100%; aspect-ratio: 2; margin: .6rem 0; }
.treemap div { position: absolute; overflow: hidden; border: 1px solid var(--page);
  font-size: .75rem; line-height: 1.2; padding: .1rem .25rem; }
.treemap span { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.treemap .package { font-weight: 600; border-width: 2px; }
.heat0 { background: var(--heat0); } .heat1 { background: var(--heat1); }
.heat2 { background: var(--heat2); } .heat3 { background: var(--heat3); }
.heat4 { background: var(--heat4); }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; }
summary { cursor: pointer; border-left: 4px solid var(--hint); padding-left: .6rem;
  overflow-wrap: anywhere; }
summary.warning { border-left-color: var(--warning); }
summary.information { border-left-color: var(--information); }
summary:focus-visible, a:focus-visible, pre:focus-visible { outline: 2px solid var(--link); }
details p { margin: .4rem 0; } ol { margin: .3rem 0; padding-left: 1.6rem; }
li span { margin-left: .5rem; }
.new { color: var(--text); border: 1px solid var(--warning); border-radius: 3px; padding: 0 .3rem;
  font-size: .8em; }
pre { background: var(--code); padding: .5rem; overflow-x: auto; font-size: .85rem; margin: .4rem 0;
  font-family: var(--vscode-editor-font-family, ui-monospace, monospace); }
mark { background: var(--mark); color: inherit; display: inline-block; min-width: 100%; }
@media (max-width: 40rem) { main { padding: .5rem .8rem 2rem; } .treemap { aspect-ratio: 1; }
  table { table-layout: fixed; } td, th { overflow-wrap: anywhere; }
  td.bar { width: 25%; } .treemap .function span { font-size: .65rem; } }
@media print { main { max-width: none; } details { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; }
  .treemap div, td.bar i, mark { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
