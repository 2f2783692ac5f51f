/** The status item of Go files, the count in the status bar, and one message for each problem. */
import * as vscode from 'vscode';

import type { FileSites } from './allocationSites.ts';
import type { Server } from './server.ts';
import { onHeap, ranks, sum, statusText, type StatusText } from './statusText.ts';

const GO_FILES: vscode.DocumentSelector = [
  { scheme: 'file', language: 'go' },
  { scheme: 'file', language: 'go.mod' },
];
const SEVERITIES = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem('goescape.state', GO_FILES);
  private readonly about = vscode.languages.createLanguageStatusItem('goescape.server', GO_FILES);
  private readonly count = vscode.window.createStatusBarItem(
    'goescape.count',
    vscode.StatusBarAlignment.Right,
    101,
  );
  private readonly subscriptions: { dispose(): unknown }[];
  private said = '';
  private readonly server: Server;
  private readonly sites: FileSites;

  constructor(server: Server, sites: FileSites) {
    this.server = server;
    this.sites = sites;
    this.item.name = 'Go Escape';
    this.about.name = 'Go Escape: server';
    this.about.command = { command: 'goescape.restart', title: 'Restart' };
    this.count.name = 'Go Escape: heap allocations of the file';
    this.count.command = 'goescape.escapes.focus';
    this.subscriptions = [
      this.item,
      this.about,
      this.count,
      server.onDidChangeState(() => {
        this.show();
        this.say();
      }),
      sites.onDidChange(() => {
        this.show();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.show();
      }),
    ];
    this.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private show(): void {
    const known = this.sites.of(vscode.window.activeTextEditor);
    const shown: StatusText = statusText(this.server.state, known?.counts);
    this.item.text = shown.text;
    this.item.detail = shown.detail;
    this.item.severity = SEVERITIES[shown.severity];
    this.item.busy = shown.busy;
    this.item.command = { command: shown.command, title: shown.button };
    this.showServer();
    if (known === undefined) {
      this.count.hide();
      return;
    }
    this.count.text = `$(layers) ${String(sum(known.counts))}`;
    const waits = known.waits ? ' (from before: the package does not compile now)' : '';
    this.count.tooltip = `Go Escape: ${onHeap(known.counts)}${waits}\n${ranks(known.counts)}`;
    this.count.accessibilityInformation = { label: this.count.tooltip };
    this.count.show();
  }

  private showServer(): void {
    const { state } = this.server;
    this.about.text = state.kind === 'running' ? state.server.version : 'no server runs';
    this.about.detail = state.kind === 'running' ? state.server.reason : '';
  }

  /** A message for what stops everything, once, with a button that does the next step. */
  private say(): void {
    const { state } = this.server;
    const sentence =
      state.kind === 'missing'
        ? state.nothing.sentence
        : state.kind === 'stopped'
          ? state.sentence
          : state.kind === 'running' && state.status.state === 'error'
            ? state.status.message
            : '';
    if (sentence === '') {
      // only once a Go was found is it over: until then the same is said but once
      const works = state.kind === 'running' && state.status.go !== '';
      this.said = works ? '' : this.said;
    } else if (sentence !== this.said) {
      this.said = sentence;
      void vscode.commands.executeCommand('goescape.nextStep');
    }
  }
}
