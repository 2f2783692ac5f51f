/** Running other programs: always with a time limit, never through a shell. */
import { execFile } from 'node:child_process';

/** What became of a program that was run to its end. */
export interface ProcessResult {
  /** Whether it ended by itself with exit code 0. */
  readonly ok: boolean;
  readonly stdout: string;
  /** What it said on standard error, or why it could not run, in one line. */
  readonly problem: string;
}

export type Run = (
  command: string,
  args: readonly string[],
  milliseconds?: number,
) => Promise<ProcessResult>;

const TIMEOUT = 10_000;

/** Run a program to its end; the answer says what went wrong, nothing is thrown. */
export const run: Run = (command, args, milliseconds = TIMEOUT) =>
  new Promise((resolve) => {
    const options = { timeout: milliseconds, killSignal: 'SIGKILL', windowsHide: true } as const;
    try {
      execFile(command, [...args], options, (error, stdout, stderr) => {
        const ok = error === null;
        resolve({ ok, stdout, problem: ok ? '' : problem(error, stderr, milliseconds) });
      }).stdin?.end();
    } catch (error) {
      resolve({ ok: false, stdout: '', problem: String(error) });
    }
  });

function problem(
  error: Error & { code?: string | number | null; killed?: boolean },
  stderr: string,
  milliseconds: number,
): string {
  if (error.code === 'ENOENT') {
    return 'not found';
  }
  if (error.killed === true) {
    return `no answer within ${String(milliseconds / 1000)} s`;
  }
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim() ?? `ended with ${String(error.code ?? error.message)}`;
}
