/** The server's life: found, started, watched over, asked. */
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type {
  CloseHandlerResult,
  ErrorHandler,
  LanguageClient,
  LanguageClientOptions,
  StaticFeature,
} from 'vscode-languageclient/node';

import { findServer, type ServerCommand } from './serverCommand.ts';
import { goExtension } from './goExtension.ts';
import { run } from './childProcess.ts';
import { CRASH_WINDOW, MOST_RESTARTS } from './server.generated.ts';
import { forServer, type GoExtension } from './settings.ts';
import { IDLE_STATUS, type ServerStatus, type State } from './statusText.ts';
import { which } from './programSearch.ts';

export const UV_ALLOWED = 'goescape.uvAllowed';
/** A library that takes long to load: not before the extension is active. */
type Library = typeof import('./client.ts');
// @ts-expect-error: it is there only when both are bundled
const library = (): Promise<Library> => import('./client.cjs') as Promise<Library>;

/** The one server of a window. */
export class Server implements vscode.Disposable {
  private readonly stateChanged = new vscode.EventEmitter<State>();
  readonly onDidChangeState = this.stateChanged.event;
  private readonly resultsChanged = new vscode.EventEmitter<void>();
  /** There are other results than before. */
  readonly onDidChangeResults = this.resultsChanged.event;
  private current: State = { kind: 'starting' };
  private client: LanguageClient | undefined;
  private go: GoExtension | undefined;
  private generation = 0;
  private crashes: number[] = [];
  private readonly context: vscode.ExtensionContext;
  private readonly log: vscode.LogOutputChannel;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.context = context;
    this.log = log;
  }

  get state(): State {
    return this.current;
  }

  private set state(state: State) {
    this.current = state;
    this.stateChanged.fire(state);
  }

  /** Begin again from the start; never throws. */
  async start(): Promise<void> {
    const generation = ++this.generation;
    await this.stop();
    if (!vscode.workspace.isTrusted) {
      this.state = { kind: 'untrusted' };
      return;
    }
    this.state = { kind: 'starting' };
    try {
      const [outcome, go] = await Promise.all([this.find(), goExtension()]);
      if (generation !== this.generation) {
        return; // somebody was faster
      }
      this.go = go;
      if ('missing' in outcome) {
        this.log.error(outcome.missing.sentence);
        this.state = { kind: 'missing', missing: outcome.missing };
      } else {
        await this.run(outcome.server, generation);
      }
    } catch (error) {
      this.log.error(String(error));
      this.state = { kind: 'stopped', sentence: `the server did not start: ${String(error)}` };
    }
  }

  async dispose(): Promise<void> {
    this.generation++;
    this.stateChanged.dispose();
    this.resultsChanged.dispose();
    await this.stop();
  }

  /** Run one of the server's commands; undefined when it does not run. */
  async ask<T>(command: string, ...args: readonly unknown[]): Promise<T | undefined> {
    if (this.current.kind !== 'running' || this.client?.isRunning() !== true) {
      return undefined;
    }
    const parameters = { command, arguments: args };
    try {
      return (
        (await this.client.sendRequest<T | null>('workspace/executeCommand', parameters)) ??
        undefined
      );
    } catch (error) {
      this.log.warn(`${command}: ${String(error)}`);
      return undefined;
    }
  }

  /** The settings are other ones: the server asks for them when it hears of it. */
  async sendSettings(): Promise<void> {
    this.go = await goExtension();
    if (this.client?.isRunning() === true) {
      await this.client.sendNotification('workspace/didChangeConfiguration', { settings: null });
    }
  }

  /** From the protocol's terms to the editor's. */
  range(range: {
    start: { line: number; character: number };
    end: { line: number; character: number };
  }): vscode.Range {
    return new vscode.Range(
      range.start.line,
      range.start.character,
      range.end.line,
      range.end.character,
    );
  }

  private async find() {
    const settings = vscode.workspace.getConfiguration('goescape');
    const options = {
      serverPath: settings.get<string>('server.path', ''),
      interpreter: settings.get<string>('python.interpreter', ''),
      startScript: path.join(this.context.extensionPath, 'bundled', 'start.py'),
      uvAllowed: this.context.globalState.get<boolean>(UV_ALLOWED, false),
    };
    const machine = { platform: process.platform, run, which };
    return findServer(options, machine, (line) => {
      this.log.info(line);
    });
  }

  private async run(server: ServerCommand, generation: number): Promise<void> {
    const executable = {
      command: server.command,
      args: [...server.args, 'server'],
      options: { cwd: os.homedir(), shell: false },
    };
    const { LanguageClient, ...protocol } = await library();
    const client = new LanguageClient(
      'goescape',
      'Go Escape',
      executable,
      this.options(protocol, server, generation),
    );
    client.registerFeature(CLIENT_CAPABILITIES);
    client.onNotification('goescape/status', (status: ServerStatus) => {
      if (generation === this.generation) {
        const go = this.fromGoExtension(status.go);
        this.state = { kind: 'running', server, status: { ...status, go } };
      }
    });
    client.onNotification('goescape/resultsChanged', () => {
      this.resultsChanged.fire();
    });
    this.client = client;
    await client.start();
    if (generation === this.generation && this.current.kind === 'starting') {
      this.state = { kind: 'running', server, status: IDLE_STATUS };
    }
  }

  private options(
    protocol: Omit<Library, 'LanguageClient'>,
    server: ServerCommand,
    generation: number,
  ): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: 'file', language: 'go' }],
      outputChannel: this.log,
      traceOutputChannel: this.log,
      revealOutputChannelOn: protocol.RevealOutputChannelOn.Never,
      diagnosticCollectionName: 'goescape',
      progressOnInitialization: false,
      initializationFailedHandler: () => false,
      errorHandler: this.errorHandler(protocol, server, generation),
      middleware: {
        workspace: {
          configuration: (params) =>
            params.items.map((item) => (item.section === 'goescape' ? this.settings() : null)),
        },
      },
    };
  }

  private settings() {
    const settings = vscode.workspace.getConfiguration();
    return forServer((name) => settings.get(name), this.go);
  }

  /** Which Go it is was decided here, and the server cannot know by whom. */
  private fromGoExtension(go: string): string {
    const own = vscode.workspace.getConfiguration('goescape').get<string>('go.path', '');
    return own === '' ? go.replace('setting goescape.go.path', 'from the Go extension') : go;
  }

  /** A server that ends is started again, unless it does so all the time. */
  private errorHandler(
    { ErrorAction, CloseAction }: Pick<Library, 'ErrorAction' | 'CloseAction'>,
    server: ServerCommand,
    generation: number,
  ): ErrorHandler {
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: (): CloseHandlerResult => {
        if (generation !== this.generation) {
          return { action: CloseAction.DoNotRestart, handled: true };
        }
        const now = Date.now();
        this.crashes = [...this.crashes.filter((time) => now - time < CRASH_WINDOW), now];
        if (this.crashes.length <= MOST_RESTARTS) {
          this.log.warn('the server has ended; it is started again');
          this.state = { kind: 'running', server, status: IDLE_STATUS };
          return { action: CloseAction.Restart, handled: true };
        }
        this.crashes = [];
        const sentence = 'the server ended again and again: its log says why.';
        this.state = { kind: 'stopped', sentence };
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.debug(`while stopping: ${String(error)}`); // it may have ended, or never started
    }
  }
}

/**
 * What this client does differently. Diagnostics are pushed: asking for a whole workspace would be
 * repeated every two seconds. Fixes come with their edits: VS Code forgets an entry of its menu when
 * diagnostics change meanwhile, and would then do nothing where it has to ask for the edit. Commands are registered by the extension itself, so that they are
 * there, and say what to do, when no server runs.
 */
const CLIENT_CAPABILITIES: StaticFeature = {
  fillClientCapabilities(capabilities) {
    delete capabilities.textDocument?.diagnostic;
    delete capabilities.workspace?.diagnostics;
    delete capabilities.textDocument?.codeAction?.resolveSupport;
    capabilities.experimental = {
      goescapeStatus: true,
      goescapeProblems: true,
      goescapeResults: true,
      goescapePlaces: true,
    };
  },
  preInitialize(capabilities) {
    delete capabilities.executeCommandProvider;
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};
