/** The order in which a server is looked for, on machines that exist only here. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import {
  findServer,
  type Machine,
  type ServerSearchResult,
  type ServerOptions,
} from '../../src/serverCommand.ts';
import type { ProcessResult } from '../../src/childProcess.ts';

const GOOD: ProcessResult = { ok: true, stdout: 'goescape 0.1.0, Python 3.12.1\n', problem: '' };
const bad = (problem: string): ProcessResult => ({ ok: false, stdout: '', problem });
const WISHES: ServerOptions = {
  serverPath: '',
  interpreter: '',
  startScript: '/ext/start.py',
  uvAllowed: false,
};

interface Programs {
  readonly platform?: NodeJS.Platform;
  /** Where each name is on `PATH`. */
  readonly path?: Readonly<Record<string, string>>;
  /** What programs answer; whatever is not named is not found. */
  readonly answers?: Readonly<Record<string, ProcessResult>>;
}

async function found(wishes: Partial<ServerOptions>, programs: Programs) {
  const calls: string[][] = [];
  const told: string[] = [];
  const machine: Machine = {
    platform: programs.platform ?? 'linux',
    which: (name) => programs.path?.[name],
    run: (command, args) => {
      calls.push([command, ...args]);
      return Promise.resolve(programs.answers?.[command] ?? bad('not found'));
    },
  };
  const outcome = await findServer({ ...WISHES, ...wishes }, machine, (line) => told.push(line));
  return { outcome, calls, told };
}

const server = (outcome: ServerSearchResult) => ('server' in outcome ? outcome.server : undefined);
const missing = (outcome: ServerSearchResult) =>
  'missing' in outcome ? outcome.missing : undefined;

suite('finding a server', () => {
  test('1. the setting for a server comes first', async () => {
    const { outcome, calls } = await found(
      { serverPath: '/opt/goescape', interpreter: '/opt/python' },
      { answers: { '/opt/goescape': GOOD } },
    );
    assert.equal(server(outcome)?.reason, 'setting goescape.server.path');
    assert.deepEqual(calls, [['/opt/goescape', '--version']]);
  });

  test('a setting that is wrong is said, and nothing else is tried', async () => {
    const { outcome, calls } = await found(
      { serverPath: '/opt/goescape' },
      { path: { python3: '/usr/bin/python3' }, answers: { '/usr/bin/python3': GOOD } },
    );
    assert.match(
      missing(outcome)?.sentence ?? '',
      /^\/opt\/goescape .* cannot run goescape: not found/,
    );
    assert.equal(missing(outcome)?.step, 'openServerSetting');
    assert.equal(calls.length, 1);
  });

  test('a program that is not goescape is none', async () => {
    const answers = { '/bin/echo': { ok: true, stdout: '--version\n', problem: '' } };
    const { outcome } = await found({ serverPath: '/bin/echo' }, { answers });
    assert.match(missing(outcome)?.sentence ?? '', /it is another program/);
  });

  test('2. then the setting for an interpreter, isolated from its packages', async () => {
    const { outcome, calls } = await found(
      { interpreter: '/opt/python' },
      { answers: { '/opt/python': GOOD } },
    );
    assert.equal(server(outcome)?.reason, 'setting goescape.python.interpreter');
    assert.deepEqual(calls[0], [
      '/opt/python',
      '-I',
      '-S',
      '-X',
      'utf8',
      '/ext/start.py',
      '--version',
    ]);
  });

  test('3. then python3 and python on PATH, the first that can', async () => {
    const { outcome, told } = await found(
      {},
      {
        path: { python3: '/usr/bin/python3', python: '/opt/bin/python' },
        answers: {
          '/usr/bin/python3': bad('Python 3.8 is not one of 3.10 to 3.14'),
          '/opt/bin/python': GOOD,
        },
      },
    );
    assert.equal(server(outcome)?.command, '/opt/bin/python');
    assert.equal(server(outcome)?.reason, 'python on PATH');
    assert.match(told[0] ?? '', /Python 3.8 is not one of/);
  });

  test('the launcher of Windows comes after them', async () => {
    const { outcome, calls } = await found(
      {},
      {
        platform: 'win32',
        path: { python: 'C:\\Store\\python.exe', py: 'C:\\Windows\\py.exe' },
        answers: { 'C:\\Store\\python.exe': bad('ended with 9009'), 'C:\\Windows\\py.exe': GOOD },
      },
    );
    assert.equal(server(outcome)?.reason, 'py -3 on PATH');
    assert.deepEqual(calls[1]?.slice(0, 3), ['C:\\Windows\\py.exe', '-3', '-I']);
  });

  test('the stub of a Mac without developer tools is never started', async () => {
    const { outcome, calls } = await found(
      {},
      {
        platform: 'darwin',
        path: { python3: '/usr/bin/python3' },
        answers: { '/usr/bin/python3': GOOD, '/usr/bin/xcode-select': bad('ended with 2') },
      },
    );
    assert.equal(server(outcome), undefined);
    assert.deepEqual(calls, [['/usr/bin/xcode-select', '-p']]);
  });

  test('4. uv is offered, and used only when that was agreed to', async () => {
    const programs = { path: { uv: '/bin/uv' }, answers: { '/bin/uv': GOOD } };
    const before = await found({}, programs);
    assert.equal(missing(before.outcome)?.step, 'useUv');
    assert.deepEqual(before.calls, []);
    const after = await found({ uvAllowed: true }, programs);
    assert.equal(server(after.outcome)?.reason, 'a Python of uv');
    assert.deepEqual(after.calls[0]?.slice(0, 4), ['/bin/uv', 'run', '--no-project', '--python']);
  });

  test('with nothing at all the sentence says what is needed', async () => {
    const { outcome } = await found({}, {});
    assert.match(
      missing(outcome)?.sentence ?? '',
      /needs Python 3.10 to 3.14 to run: none was found/,
    );
    assert.equal(missing(outcome)?.step, 'chooseInterpreter');
  });

  test('one that is too old is named', async () => {
    const problem = 'Python 3.9 is not one of 3.10 to 3.14';
    const { outcome } = await found(
      {},
      { path: { python3: '/p' }, answers: { '/p': bad(problem) } },
    );
    assert.match(missing(outcome)?.sentence ?? '', /Python 3.9 is not one of/);
  });
});
