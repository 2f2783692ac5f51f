/**
 * Finding a server that runs, in this order:
 *
 * 1. the setting `goescape.server.path`;
 * 2. the bundled server with the setting `goescape.python.interpreter`;
 * 3. the bundled server with `python3`, `python` or `py -3`, the first that can run it;
 * 4. the bundled server with a Python that `uv` provides, once the user has agreed to that.
 *
 * Whatever is chosen has answered `--version` before it is used.
 */
import type { Run } from './childProcess.ts';

/** A server that answered. */
export interface ServerCommand {
  readonly command: string;
  /** Everything but the subcommand. */
  readonly args: readonly string[];
  /** As it calls itself: `goescape 0.1.0, Python 3.12.1`. */
  readonly version: string;
  /** Why it was chosen. */
  readonly reason: string;
}

/** What the user can do next. */
export type Step = 'chooseInterpreter' | 'useUv' | 'openServerSetting' | 'openInterpreterSetting';

/** That there is none. */
export interface ServerMissing {
  /** What happened and what to do, in one sentence. */
  readonly sentence: string;
  readonly step: Step;
}

export interface ServerOptions {
  readonly serverPath: string;
  readonly interpreter: string;
  /** The program that starts the bundled server. */
  readonly startScript: string;
  readonly uvAllowed: boolean;
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly run: Run;
  /** Where `PATH` has a program; undefined where it has none. */
  readonly which: (name: string) => string | undefined;
}

export type ServerSearchResult =
  { readonly server: ServerCommand } | { readonly missing: ServerMissing };

/** The user's own packages and environment variables must not reach the bundled server. */
const ISOLATED = ['-I', '-S', '-X', 'utf8'];
const PYTHONS = '>=3.10,<3.15';
const DOWNLOAD_TIMEOUT = 300_000;

/** Find a server; `report` hears of everything that is tried. */
export async function findServer(
  options: ServerOptions,
  machine: Machine,
  report: (line: string) => void,
): Promise<ServerSearchResult> {
  const probe = new Probe(options, machine, report);
  if (options.serverPath !== '') {
    return probe.required(
      { command: options.serverPath, args: [], reason: 'setting goescape.server.path' },
      'openServerSetting',
    );
  }
  if (options.interpreter !== '') {
    return probe.required(
      probe.bundled(options.interpreter, [], 'setting goescape.python.interpreter'),
      'openInterpreterSetting',
    );
  }
  return (await probe.onPath()) ?? (await probe.uv());
}

interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  readonly reason: string;
  readonly timeout?: number;
}

class Probe {
  private readonly options: ServerOptions;
  private readonly machine: Machine;
  private readonly report: (line: string) => void;
  private failure = '';

  constructor(options: ServerOptions, machine: Machine, report: (line: string) => void) {
    this.options = options;
    this.machine = machine;
    this.report = report;
  }

  bundled(command: string, before: readonly string[], reason: string): Candidate {
    return { command, args: [...before, ...ISOLATED, this.options.startScript], reason };
  }

  /** What the user named must work: nothing else is tried behind their back. */
  async required(candidate: Candidate, step: Step): Promise<ServerSearchResult> {
    const answer = await this.ask(candidate);
    if (typeof answer !== 'string') {
      return { server: answer };
    }
    const sentence = `${candidate.command} (${candidate.reason}) cannot run goescape: ${answer}. Correct the setting, or clear it.`;
    return { missing: { sentence, step } };
  }

  async onPath(): Promise<ServerSearchResult | undefined> {
    const names: [string, string[]][] = [
      ['python3', []],
      ['python', []],
    ];
    if (this.machine.platform === 'win32') {
      names.push(['py', ['-3']]);
    }
    for (const [name, before] of names) {
      const command = this.machine.which(name);
      if (command === undefined) {
        this.report(`${name}: not on PATH`);
      } else if (!(await this.isStub(command))) {
        const spelled = [name, ...before].join(' ');
        const answer = await this.ask(this.bundled(command, before, `${spelled} on PATH`));
        if (typeof answer !== 'string') {
          return { server: answer };
        }
        this.failure ||= answer;
      }
    }
    return undefined;
  }

  async uv(): Promise<ServerSearchResult> {
    const uv = this.machine.which('uv');
    if (uv !== undefined && this.options.uvAllowed) {
      const before = ['run', '--no-project', '--python', PYTHONS, '--', 'python'];
      const candidate = this.bundled(uv, before, 'a Python of uv');
      const answer = await this.ask({ ...candidate, timeout: DOWNLOAD_TIMEOUT });
      if (typeof answer !== 'string') {
        return { server: answer };
      }
      this.failure = `uv: ${answer}`;
    }
    const reason = this.failure === '' ? 'none was found' : this.failure;
    const offer = uv !== undefined && !this.options.uvAllowed;
    const advice = offer
      ? 'uv can provide one.'
      : 'Install one, or choose one that is not on PATH.';
    const sentence = `goescape needs Python 3.10 to 3.14 to run: ${reason}. ${advice}`;
    return { missing: { sentence, step: offer ? 'useUv' : 'chooseInterpreter' } };
  }

  /** The server, or why it is none. */
  private async ask(candidate: Candidate): Promise<ServerCommand | string> {
    const { command, args, reason, timeout } = candidate;
    const answer = await this.machine.run(command, [...args, '--version'], timeout);
    const version = /^goescape \d.*$/m.exec(answer.stdout)?.[0];
    const outcome = answer.ok ? (version ?? 'it is another program') : answer.problem;
    this.report(`${reason}: ${command}: ${outcome}`);
    if (answer.ok && version !== undefined) {
      return { command, args, version, reason };
    }
    return outcome;
  }

  /** On a Mac without developer tools this program only opens a dialog that offers them. */
  private async isStub(command: string): Promise<boolean> {
    if (this.machine.platform !== 'darwin' || command !== '/usr/bin/python3') {
      return false;
    }
    const tools = await this.machine.run('/usr/bin/xcode-select', ['-p']);
    if (!tools.ok) {
      this.report(`${command}: only offers to install the developer tools`);
    }
    return !tools.ok;
  }
}
