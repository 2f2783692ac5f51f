/** What the user can ask for by name. All are there from the start, whether a server runs or not. */
import * as os from 'node:os';
import * as vscode from 'vscode';

import { CAUSES, SERVER_COMMANDS, SERVER_SETTINGS } from './server.generated.ts';
import { chooseProfile } from './profileChoice.ts';
import type { Report } from './report.ts';
import type { Server } from './server.ts';
import { CLIENT_SETTINGS } from './settings.ts';
import type { FileSites, Place, Rank } from './allocationSites.ts';
import { chooseInterpreter, nextStep } from './nextSteps.ts';
import { EVERYTHING, target, type TopAllocations, type Tree } from './escapesTree.ts';

/** All that commands work with. */
export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly server: Server;
  readonly sites: FileSites;
  readonly tree: Tree;
  readonly report: Report;
}

type Command = (...args: never[]) => unknown;

export function registerCommands(parts: Parts): void {
  const { context, log, server, tree, report } = parts;
  const own: Record<string, Command> = {
    'goescape.analyzePackage': (node: unknown) => ask(parts, 'goescape.analyzePackage', file(node)),
    'goescape.showOutput': (node: unknown) => showOutput(parts, node),
    'goescape.showFlow': (...args: unknown[]) => showFlow(parts, args),
    'goescape.showAllocations': (...args: unknown[]) => showAllocations(parts, args),
    'goescape.loadProfile': (...args: unknown[]) => loadProfile(parts, args),
    'goescape.removeProfile': (name: unknown) => removeProfile(parts, name),
    'goescape.bench': (...args: unknown[]) =>
      ask(parts, 'goescape.bench', ...(args.length > 0 ? args : [file(undefined)])),
    'goescape.showReport': async () => (await ready(parts)) && report.show(),
    'goescape.restart': () => server.start(),
    'goescape.toggleHints': () => toggle('hints.enable'),
    'goescape.toggleDiagnostics': () => toggle('diagnostics.enable'),
    'goescape.toggleGutter': () => toggle('gutter.enable'),
    'goescape.copyDebugInformation': () => copyDebugInformation(parts),
    'goescape.showLog': () => {
      log.show();
    },
    'goescape.nextStep': () => nextStep(server, context, log),
    'goescape.chooseInterpreter': chooseInterpreter,
    'goescape.refreshEscapes': () => {
      tree.refresh();
    },
    'goescape.filterRank': () => filterRank(tree),
    'goescape.filterCause': () => filterCause(tree),
    'goescape.clearFilter': () => {
      tree.filter = EVERYTHING;
    },
    'goescape.open': open,
  };
  for (const name of SERVER_COMMANDS) {
    own[name] ??= (...args: unknown[]) => ask(parts, name, ...args);
  }
  for (const [name, command] of Object.entries(own)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, command));
  }
}

/** Whether the server runs; says what to do when it does not. */
async function ready({ server, context, log }: Parts): Promise<boolean> {
  if (server.state.kind === 'running') {
    return true;
  }
  if (server.state.kind === 'starting') {
    void vscode.window.showInformationMessage('Go Escape: still starting; try again in a moment.');
  } else {
    await nextStep(server, context, log);
  }
  return false;
}

async function ask<T>(parts: Parts, command: string, ...args: unknown[]): Promise<T | undefined> {
  return (await ready(parts)) ? parts.server.ask<T>(command, ...args) : undefined;
}

/** The file that is meant: a node's, else that of the active editor. */
function file(node: unknown): string | undefined {
  return target(node).uri ?? vscode.window.activeTextEditor?.document.uri.toString();
}

async function showOutput(parts: Parts, node: unknown): Promise<void> {
  const text = await ask<string>(parts, 'goescape.showOutput', file(node));
  if (text !== undefined) {
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ content: text }),
    );
  }
}

async function loadProfile(parts: Parts, args: readonly unknown[]): Promise<void> {
  if (!(await ready(parts))) {
    return;
  }
  if (typeof args[0] === 'string') {
    await ask(parts, 'goescape.loadProfile', ...args);
    return;
  }
  const picked = await vscode.window.showOpenDialog({
    title: 'A heap profile, as go test -memprofile or net/http/pprof writes it',
    openLabel: 'Load',
    ...homeOf(vscode.window.activeTextEditor?.document.uri),
  });
  for (const uri of picked ?? []) {
    await ask(parts, 'goescape.loadProfile', uri.toString(), nameOf(uri));
  }
}

function homeOf(uri: vscode.Uri | undefined): { defaultUri?: vscode.Uri } {
  return uri?.scheme === 'file' ? { defaultUri: vscode.Uri.joinPath(uri, '..') } : {};
}

const nameOf = (uri: vscode.Uri): string => vscode.workspace.asRelativePath(uri);

async function removeProfile(parts: Parts, name: unknown): Promise<void> {
  if (!(await ready(parts))) {
    return;
  }
  const top = await ask<TopAllocations>(parts, 'goescape.topAllocations');
  const profile = chooseProfile(name, top?.profiles ?? []);
  switch (profile.kind) {
    case 'none':
      void vscode.window.showInformationMessage('Go Escape: no heap profile is loaded.');
      return;
    case 'one':
      await ask(parts, 'goescape.removeProfile', profile.name);
      return;
    case 'ask': {
      const title = 'Remove which profile?';
      const chosen = await vscode.window.showQuickPick([...profile.names], { title });
      if (chosen !== undefined) {
        await ask(parts, 'goescape.removeProfile', chosen);
      }
    }
  }
}

interface Step {
  readonly location: Place | null;
}

async function showFlow(parts: Parts, args: readonly unknown[]): Promise<void> {
  const wanted = args.length > 1 && typeof args[0] === 'string' ? args : target(args[0]).flow;
  const flow = wanted ?? flowAtCursor(parts);
  if (flow === undefined) {
    void vscode.window.showInformationMessage(
      'Go Escape: put the cursor on a value that is on the heap.',
    );
    return;
  }
  peek(await ask<Step[]>(parts, 'goescape.showFlow', ...flow));
}

function flowAtCursor({ server, sites }: Parts): readonly unknown[] | undefined {
  const editor = vscode.window.activeTextEditor;
  const candidates = sites.of(editor)?.sites ?? [];
  const at = editor?.selection.active;
  const here = candidates.filter(({ location }) => at && server.range(location.range).contains(at));
  const line = candidates.filter(({ location }) => location.range.start.line === at?.line);
  return (here.at(-1) ?? line[0])?.flow;
}

async function showAllocations(parts: Parts, args: readonly unknown[]): Promise<void> {
  peek(await ask<Step[]>(parts, 'goescape.showAllocations', ...args));
}

/** Show places in place: the first says where, the others follow. */
function peek(steps: readonly Step[] | undefined): void {
  const places = (steps ?? []).flatMap(({ location }) => (location === null ? [] : [location]));
  const shown = places.map(
    ({ uri, range: { start } }) =>
      new vscode.Location(vscode.Uri.parse(uri), new vscode.Position(start.line, start.character)),
  );
  const [first] = shown;
  if (first !== undefined) {
    void vscode.commands.executeCommand(
      'editor.action.goToLocations',
      first.uri,
      first.range.start,
      unique(shown),
      'peek',
    );
  }
}

function unique(places: readonly vscode.Location[]): vscode.Location[] {
  const name = ({ uri, range }: vscode.Location): string =>
    `${uri.toString()} ${String(range.start.line)}:${String(range.start.character)}`;
  return [...new Map(places.map((place) => [name(place), place])).values()];
}

async function open(place: Place, keepFocus = false): Promise<void> {
  const { start, end } = place.range;
  await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), {
    selection: new vscode.Range(start.line, start.character, end.line, end.character),
    preserveFocus: keepFocus,
  });
}

async function toggle(name: string): Promise<void> {
  const settings = vscode.workspace.getConfiguration('goescape');
  const values = settings.inspect<boolean>(name);
  const target =
    values?.workspaceValue === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await settings.update(name, settings.get(name) !== true, target);
}

async function filterRank(tree: Tree): Promise<void> {
  const choices: (vscode.QuickPickItem & { rank: Rank })[] = [
    { rank: 'warning', label: 'Warnings only', description: 'in a loop, or large' },
    {
      rank: 'information',
      label: 'Warnings and information',
      description: 'no set-up code, no tests',
    },
    { rank: 'hint', label: 'Everything' },
  ];
  const picked = await vscode.window.showQuickPick(choices, { title: 'Show which ranks?' });
  if (picked !== undefined) {
    tree.filter = { ...tree.filter, minimumSeverity: picked.rank };
  }
}

async function filterCause(tree: Tree): Promise<void> {
  const { causes } = tree.filter;
  const choices = CAUSES.map((cause) => ({
    label: cause,
    picked: causes.length === 0 || causes.includes(cause),
  }));
  const picked = await vscode.window.showQuickPick(choices, {
    title: 'Show which causes?',
    canPickMany: true,
  });
  if (picked !== undefined) {
    const wanted = picked.map((choice) => choice.label);
    tree.filter = { ...tree.filter, causes: wanted.length === CAUSES.length ? [] : wanted };
  }
}

/** What a bug report needs. Values that may be secrets stay here: only the names of variables go. */
async function copyDebugInformation({ context, server }: Parts): Promise<void> {
  const { state } = server;
  const lines = [
    `goescape extension ${(context.extension.packageJSON as { version: string }).version}`,
    `VS Code ${vscode.version} (${vscode.env.appName}, ${vscode.env.remoteName ?? 'local'})`,
    `${os.platform()} ${os.arch()} ${os.release()}`,
    `state: ${state.kind}`,
    ...(state.kind === 'running'
      ? [
          `server: ${state.server.version}, ${state.server.command} (${state.server.reason})`,
          `go: ${state.status.go}`,
          `status: ${state.status.state} ${state.status.message}`.trimEnd(),
        ]
      : []),
    ...(state.kind === 'missing' ? [state.missing.sentence] : []),
    ...(state.kind === 'stopped' ? [state.sentence] : []),
    'settings:',
    ...changedSettings(),
  ];
  await vscode.env.clipboard.writeText(`${lines.join('\n')}\n`);
  void vscode.window.showInformationMessage('Go Escape: debug information copied.');
}

function* changedSettings(): Generator<string> {
  const settings = vscode.workspace.getConfiguration();
  for (const name of [...CLIENT_SETTINGS, ...SERVER_SETTINGS]) {
    const values = settings.inspect(name);
    const own = values?.workspaceFolderValue ?? values?.workspaceValue ?? values?.globalValue;
    if (own !== undefined) {
      const shown = name === 'goescape.go.env' ? Object.keys(own ?? {}) : own;
      yield `  ${name}: ${JSON.stringify(shown)}`;
    }
  }
}
