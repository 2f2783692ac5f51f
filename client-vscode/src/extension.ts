/** The extension: its parts, put together. */
import * as vscode from 'vscode';

import { registerCommands } from './commands.ts';
import { Marks } from './gutterMarks.ts';
import { Report } from './report.ts';
import { Server } from './server.ts';
import { FileSites } from './allocationSites.ts';
import { Status } from './status.ts';
import { Tree } from './escapesTree.ts';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const startedAt = performance.now();
  const log = vscode.window.createOutputChannel('Go Escape', { log: true });
  const running = (server = new Server(context, log));
  const sites = new FileSites(running);
  const tree = new Tree(running);
  const report = new Report(running);
  context.subscriptions.push(
    log,
    sites,
    tree,
    report,
    new Status(running, sites),
    new Marks(context, sites),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.start()),
    vscode.workspace.onDidChangeConfiguration((event) => reconfigure(running, event)),
  );
  registerCommands({ context, log, server: running, sites, tree, report });
  void running.start();
  log.info(`activated in ${(performance.now() - startedAt).toFixed(0)} ms`);
}

export async function deactivate(): Promise<void> {
  await server?.dispose();
}

/** Another program is another server; everything else the server hears of while it runs. */
async function reconfigure(running: Server, event: vscode.ConfigurationChangeEvent): Promise<void> {
  const programs = ['goescape.server.path', 'goescape.python.interpreter'];
  if (programs.some((name) => event.affectsConfiguration(name))) {
    await running.start();
  } else if (event.affectsConfiguration('goescape') || event.affectsConfiguration('go')) {
    await running.sendSettings();
  }
}
