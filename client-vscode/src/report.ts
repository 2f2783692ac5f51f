/** The report of the workspace: the server's page in a panel of the editor. */
import * as vscode from 'vscode';

import type { Server } from './server.ts';

export class Report implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  dispose(): void {
    this.panel?.dispose();
  }

  async show(): Promise<void> {
    const page = await this.server.ask<string>('goescape.showReport');
    if (page === undefined) {
      return;
    }
    this.panel ??= this.create();
    this.panel.webview.html = linked(page);
    this.panel.reveal();
  }

  private create(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      'goescape.report',
      'Heap allocations',
      vscode.ViewColumn.Active,
      { enableScripts: false, enableCommandUris: ['goescape.open'], localResourceRoots: [] },
    );
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    return panel;
  }
}

/** A panel follows no link to a file: a command opens it, wherever the files are. */
function linked(page: string): string {
  return page.replace(
    /href="(file:[^"#]*)#L(\d+),(\d+)"/g,
    (_, uri: string, line: string, column: string) => {
      const start = { line: Number(line) - 1, character: Number(column) - 1 };
      const place = { uri, range: { start, end: start } };
      return `href="command:goescape.open?${encodeURIComponent(JSON.stringify([place]))}"`;
    },
  );
}
