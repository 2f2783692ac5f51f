/** Marks in the gutter and shading of lines, by rank; each has its own switch. */
import * as vscode from 'vscode';

import type { FileFacts, FileSites, Rank } from './allocationSites.ts';

const RANKS: readonly Rank[] = ['hint', 'information', 'warning'];

interface Styles {
  readonly gutter: vscode.TextEditorDecorationType;
  readonly shading: vscode.TextEditorDecorationType;
}

export class Marks implements vscode.Disposable {
  private readonly styles: ReadonlyMap<Rank, Styles>;
  private readonly subscriptions: { dispose(): unknown }[];
  private readonly sites: FileSites;

  constructor(context: vscode.ExtensionContext, sites: FileSites) {
    this.sites = sites;
    this.styles = new Map(RANKS.map((rank) => [rank, styles(context, rank)]));
    const draw = (): void => {
      this.draw();
    };
    this.subscriptions = [
      ...[...this.styles.values()].flatMap((style) => [style.gutter, style.shading]),
      sites.onDidChange(draw),
      vscode.window.onDidChangeVisibleTextEditors(draw),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('goescape')) {
          draw();
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private draw(): void {
    const settings = vscode.workspace.getConfiguration('goescape');
    const gutter = settings.get<boolean>('gutter.enable', true);
    const shading = settings.get<boolean>('shading.enable', false);
    for (const editor of vscode.window.visibleTextEditors) {
      const lines = highestRanks(this.sites.of(editor));
      for (const [rank, style] of this.styles) {
        const ranges = [...lines]
          .filter(([, highest]) => highest === rank)
          .map(([line]) => new vscode.Range(line, 0, line, 0));
        editor.setDecorations(style.gutter, gutter ? ranges : []);
        editor.setDecorations(style.shading, shading ? ranges : []);
      }
    }
  }
}

/** The most important rank of each line. */
function highestRanks(facts: FileFacts | undefined): Map<number, Rank> {
  const lines = new Map<number, Rank>();
  for (const site of facts?.sites ?? []) {
    const { line } = site.location.range.start;
    const before = lines.get(line);
    if (before === undefined || RANKS.indexOf(site.severity) > RANKS.indexOf(before)) {
      lines.set(line, site.severity);
    }
  }
  return lines;
}

function styles(context: vscode.ExtensionContext, rank: Rank): Styles {
  const colour = new vscode.ThemeColor(`goescape.${rank}`);
  return {
    gutter: vscode.window.createTextEditorDecorationType({
      gutterIconPath: vscode.Uri.joinPath(context.extensionUri, 'media', `gutter-${rank}.svg`),
      gutterIconSize: 'contain',
      overviewRulerColor: colour,
      overviewRulerLane: vscode.OverviewRulerLane.Left,
    }),
    shading: vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor(`goescape.${rank}Line`),
    }),
  };
}
