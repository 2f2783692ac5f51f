/** What goescape is doing, and what the user is told of it. */
import { STATUS_WORDS } from './server.generated.ts';
import type { ServerMissing, ServerCommand } from './serverCommand.ts';

/** The server's `goescape/status`. */
export interface ServerStatus {
  readonly state: 'idle' | 'analyzing' | 'waiting' | 'error';
  readonly message: string;
  readonly packages: readonly string[];
  readonly problem: string;
  readonly go: string;
}

export interface Counts {
  readonly warning: number;
  readonly information: number;
  readonly hint: number;
}

export type State =
  | { readonly kind: 'untrusted' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'missing'; readonly missing: ServerMissing }
  | { readonly kind: 'stopped'; readonly sentence: string }
  | { readonly kind: 'running'; readonly server: ServerCommand; readonly status: ServerStatus };

export const IDLE_STATUS: ServerStatus = {
  state: 'idle',
  message: '',
  packages: [],
  problem: '',
  go: '',
};

/** The status item: a text, a detail, and the command that does the next step. */
export interface StatusText {
  readonly text: string;
  readonly detail: string;
  readonly severity: 'information' | 'warning' | 'error';
  readonly busy: boolean;
  readonly command: string;
  readonly button: string;
}

const NORMAL = { severity: 'information', busy: false } as const;

/** What the status item shows; `counts` are those of the file in the active editor. */
export function statusText(state: State, counts: Counts | undefined): StatusText {
  switch (state.kind) {
    case 'untrusted':
      return {
        ...NORMAL,
        text: 'Go Escape: off in restricted mode',
        detail: 'runs the Go compiler, which a folder must be trusted for',
        severity: 'warning',
        command: 'workbench.trust.manage',
        button: 'Manage trust',
      };
    case 'starting':
      return { ...NORMAL, text: 'Go Escape: starting', detail: '', busy: true, ...LOG };
    case 'missing':
      return { ...problem('Go Escape: cannot start', state.missing.sentence), ...STEP };
    case 'stopped':
      return { ...problem('Go Escape: stopped', state.sentence), ...RESTART };
    case 'running':
      return running(state.status, counts);
  }
}

function running(status: ServerStatus, counts: Counts | undefined): StatusText {
  switch (status.state) {
    case 'analyzing':
      return { ...NORMAL, text: `Go Escape: ${status.message}`, detail: '', busy: true, ...LOG };
    case 'waiting':
      return {
        ...NORMAL,
        text: 'Go Escape: waiting, the package does not compile',
        detail: status.message,
        severity: 'warning',
        command: 'workbench.actions.view.problems',
        button: 'Problems',
      };
    case 'error':
      return {
        ...problem(
          `Go Escape: ${status.problem === 'go' ? STATUS_WORDS.noGo : 'error'}`,
          status.message,
        ),
        ...(status.problem === 'go' ? STEP : LOG),
      };
    case 'idle':
      return { ...NORMAL, text: `Go Escape: ${onHeap(counts)}`, detail: status.go, ...REPORT };
  }
}

/** What the status says of these counts. */
export function onHeap(counts: Counts | undefined): string {
  if (counts === undefined) {
    return 'ready';
  }
  const { nothing, some, matter } = STATUS_WORDS;
  const total = sum(counts);
  const parts = [some.replace('{total}', String(total))];
  if (counts.warning > 0) {
    parts.push(matter.replace('{number}', String(counts.warning)));
  }
  return total === 0 ? nothing : parts.join(', ');
}

export function sum(counts: Counts): number {
  return counts.warning + counts.information + counts.hint;
}

/** `2 warning, 1 hint`. */
export function ranks(counts: Counts): string {
  return Object.entries({
    warning: counts.warning,
    information: counts.information,
    hint: counts.hint,
  })
    .filter(([, number]) => number > 0)
    .map(([rank, number]) => `${String(number)} ${rank}`)
    .join(', ');
}

/** `3 (12 %)`, when a profile says which part of all allocations that is. */
export function withPercent(text: string, percent: string | undefined): string {
  return percent === undefined || percent === '' ? text : `${text} (${percent})`;
}

function problem(text: string, detail: string) {
  return { text, detail, severity: 'error', busy: false } as const;
}

const LOG = { command: 'goescape.showLog', button: 'Log' } as const;
const STEP = { command: 'goescape.nextStep', button: 'What to do' } as const;
const RESTART = { command: 'goescape.restart', button: 'Restart' } as const;
const REPORT = { command: 'goescape.showReport', button: 'Report' } as const;
