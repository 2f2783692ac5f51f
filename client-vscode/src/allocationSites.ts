/** The allocation sites of the files that are shown, as the server knows them. */
import * as vscode from 'vscode';

import type { Server } from './server.ts';
import type { Counts } from './statusText.ts';

export type Rank = 'warning' | 'information' | 'hint';

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Place {
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

/** One site, as the server tells it. */
export interface Site {
  readonly subject: string;
  readonly message: string;
  readonly label: string;
  readonly cause: string;
  readonly severity: Rank;
  readonly reason: string;
  /** What the profiles say of it; empty where they say nothing. */
  readonly share: string;
  /** The same in short: which part of all allocations. */
  readonly percent?: string;
  readonly location: Place;
  /** The arguments of the command that leads along its flow. */
  readonly flow: readonly unknown[];
}

export interface FileFacts {
  readonly counts: Counts;
  readonly waits: boolean;
  readonly sites: readonly Site[];
}

const isGo = (document: vscode.TextDocument): boolean =>
  document.languageId === 'go' && document.uri.scheme === 'file';

/** Asks about visible Go files whenever there is something new. */
export class FileSites implements vscode.Disposable {
  private readonly factsByUri = new Map<string, FileFacts>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: { dispose(): unknown }[];
  private generation = 0;
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
    const refresh = (): void => {
      void this.refresh();
    };
    this.subscriptions = [
      this.changed,
      server.onDidChangeResults(refresh),
      vscode.window.onDidChangeVisibleTextEditors(refresh),
      server.onDidChangeState((state) => {
        if (state.kind !== 'running') {
          this.factsByUri.clear();
          this.changed.fire();
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  of(editor: vscode.TextEditor | undefined): FileFacts | undefined {
    return editor === undefined ? undefined : this.factsByUri.get(editor.document.uri.toString());
  }

  private async refresh(): Promise<void> {
    const generation = ++this.generation;
    const documents = vscode.window.visibleTextEditors
      .map((editor) => editor.document)
      .filter(isGo);
    const uris = [...new Set(documents.map((document) => document.uri.toString()))];
    const answers = await Promise.all(
      uris.map(
        async (uri) => [uri, await this.server.ask<FileFacts>('goescape.file', uri)] as const,
      ),
    );
    if (generation !== this.generation) {
      return; // a newer answer is on its way
    }
    this.factsByUri.clear();
    for (const [uri, facts] of answers) {
      if (facts !== undefined) {
        this.factsByUri.set(uri, facts);
      }
    }
    this.changed.fire();
  }
}
