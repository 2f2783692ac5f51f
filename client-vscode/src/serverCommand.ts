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
  readonly starter: string;
  readonly uvAllowed: boolean;
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly run: Run;
  /** Where `PATH` has a program; undefined where it has none. */
  readonly which: (name: string) => string | undefined;
}

export type ServerSearchResult =
  { readonly server: ServerCommand } | { readonly nothing: ServerMissing };

/** The user's own packages and environment variables must not reach the bundled server. */
const ISOLATED = ['-I', '-S', '-X', 'utf8'];
const PYTHONS = '>=3.10,<3.15';
const DOWNLOAD_PATIENCE = 300_000;

/** Find a server; `tell` hears of everything that is tried. */
export async function findServer(
  wishes: ServerOptions,
  machine: Machine,
  tell: (line: string) => void,
): Promise<ServerSearchResult> {
  const probe = new Probe(wishes, machine, tell);
  if (wishes.serverPath !== '') {
    return probe.only(
      { command: wishes.serverPath, args: [], reason: 'setting goescape.server.path' },
      'openServerSetting',
    );
  }
  if (wishes.interpreter !== '') {
    return probe.only(
      probe.bundled(wishes.interpreter, [], 'setting goescape.python.interpreter'),
      'openInterpreterSetting',
    );
  }
  return (await probe.usual()) ?? (await probe.uv());
}

interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  readonly reason: string;
  readonly patience?: number;
}

class Probe {
  private readonly wishes: ServerOptions;
  private readonly machine: Machine;
  private readonly tell: (line: string) => void;
  private tooOld = '';

  constructor(wishes: ServerOptions, machine: Machine, tell: (line: string) => void) {
    this.wishes = wishes;
    this.machine = machine;
    this.tell = tell;
  }

  bundled(command: string, before: readonly string[], reason: string): Candidate {
    return { command, args: [...before, ...ISOLATED, this.wishes.starter], reason };
  }

  /** What the user named must work: nothing else is tried behind their back. */
  async only(candidate: Candidate, step: Step): Promise<ServerSearchResult> {
    const answer = await this.ask(candidate);
    if (typeof answer !== 'string') {
      return { server: answer };
    }
    const sentence = `${candidate.command} (${candidate.reason}) cannot run goescape: ${answer}. Correct the setting, or clear it.`;
    return { nothing: { sentence, step } };
  }

  async usual(): Promise<ServerSearchResult | undefined> {
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
        this.tell(`${name}: not on PATH`);
      } else if (!(await this.isStub(command))) {
        const spelled = [name, ...before].join(' ');
        const answer = await this.ask(this.bundled(command, before, `${spelled} on PATH`));
        if (typeof answer !== 'string') {
          return { server: answer };
        }
        this.tooOld ||= answer;
      }
    }
    return undefined;
  }

  async uv(): Promise<ServerSearchResult> {
    const uv = this.machine.which('uv');
    if (uv !== undefined && this.wishes.uvAllowed) {
      const before = ['run', '--no-project', '--python', PYTHONS, '--', 'python'];
      const candidate = this.bundled(uv, before, 'a Python of uv');
      const answer = await this.ask({ ...candidate, patience: DOWNLOAD_PATIENCE });
      if (typeof answer !== 'string') {
        return { server: answer };
      }
      this.tooOld = `uv: ${answer}`;
    }
    const found = this.tooOld === '' ? 'none was found' : this.tooOld;
    const offer = uv !== undefined && !this.wishes.uvAllowed;
    const advice = offer
      ? 'uv can provide one.'
      : 'Install one, or choose one that is not on PATH.';
    const sentence = `goescape needs Python 3.10 to 3.14 to run: ${found}. ${advice}`;
    return { nothing: { sentence, step: offer ? 'useUv' : 'chooseInterpreter' } };
  }

  /** The server, or why it is none. */
  private async ask(candidate: Candidate): Promise<ServerCommand | string> {
    const { command, args, reason, patience } = candidate;
    const answer = await this.machine.run(command, [...args, '--version'], patience);
    const version = /^goescape \d.*$/m.exec(answer.stdout)?.[0];
    const told = answer.ok ? (version ?? 'it is another program') : answer.trouble;
    this.tell(`${reason}: ${command}: ${told}`);
    if (answer.ok && version !== undefined) {
      return { command, args, version, reason };
    }
    return told;
  }

  /** On a Mac without developer tools this program only opens a dialog that offers them. */
  private async isStub(command: string): Promise<boolean> {
    if (this.machine.platform !== 'darwin' || command !== '/usr/bin/python3') {
      return false;
    }
    const tools = await this.machine.run('/usr/bin/xcode-select', ['-p']);
    if (!tools.ok) {
      this.tell(`${command}: only offers to install the developer tools`);
    }
    return !tools.ok;
  }
}
