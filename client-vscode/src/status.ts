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
  private notifiedProblem = '';
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
        this.notifyProblem();
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
    const facts = this.sites.of(vscode.window.activeTextEditor);
    const status: StatusText = statusText(this.server.state, facts?.counts);
    this.item.text = status.text;
    this.item.detail = status.detail;
    this.item.severity = SEVERITIES[status.severity];
    this.item.busy = status.busy;
    this.item.command = { command: status.command, title: status.button };
    this.showServer();
    if (facts === undefined) {
      this.count.hide();
      return;
    }
    this.count.text = `$(layers) ${String(sum(facts.counts))}`;
    const waits = facts.waits ? ' (from before: the package does not compile now)' : '';
    this.count.tooltip = `Go Escape: ${onHeap(facts.counts)}${waits}\n${ranks(facts.counts)}`;
    this.count.accessibilityInformation = { label: this.count.tooltip };
    this.count.show();
  }

  private showServer(): void {
    const { state } = this.server;
    this.about.text = state.kind === 'running' ? state.server.version : 'no server runs';
    this.about.detail = state.kind === 'running' ? state.server.reason : '';
  }

  /** A message for what stops everything, once, with a button that does the next step. */
  private notifyProblem(): void {
    const { state } = this.server;
    const sentence =
      state.kind === 'missing'
        ? state.missing.sentence
        : state.kind === 'stopped'
          ? state.sentence
          : state.kind === 'running' && state.status.state === 'error'
            ? state.status.message
            : '';
    if (sentence === '') {
      // only once a Go was found is it over: until then the same is said but once
      const works = state.kind === 'running' && state.status.go !== '';
      this.notifiedProblem = works ? '' : this.notifiedProblem;
    } else if (sentence !== this.notifiedProblem) {
      this.notifiedProblem = sentence;
      void vscode.commands.executeCommand('goescape.nextStep');
    }
  }
}
