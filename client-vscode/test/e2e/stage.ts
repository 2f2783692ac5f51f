/** What every end-to-end test stands on: the packaged extension, a machine, folders of Go. */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';

import { which } from '../../src/which.ts';
import type { Window } from './editor.ts';

const CLIENT = path.resolve(import.meta.dirname, '../..');
const REPOSITORY = path.dirname(CLIENT);

/** The .vsix for this machine, as `package.py` made it. */
export const VSIX = path.join(CLIENT, 'dist', `goescape-${process.platform}-${process.arch}.vsix`);

/** Where pictures go: into the README's folder when they are to be renewed. */
export const PICTURES =
  process.env['UPDATE_PICTURES'] === undefined
    ? path.join(REPOSITORY, '.cache', 'vscode', 'pictures')
    : path.join(CLIENT, 'media');

/** The programs that a test's machine has. */
export type Program = 'python3' | 'go';

/**
 * An environment with these programs and nothing else of the developer's: no goescape, no
 * variables of Python, and a proxy that refuses everything, so that nothing can be fetched.
 */
export async function machine(
  folder: string,
  programs: readonly Program[],
): Promise<Record<string, string>> {
  const bin = path.join(folder, 'bin');
  await fs.mkdir(bin, { recursive: true });
  for (const name of programs) {
    const real = process.env[`GOESCAPE_TEST_${name.toUpperCase()}`] ?? which(name);
    if (real === undefined) {
      throw new Error(`${name} is missing on this machine.`);
    }
    await fs.writeFile(path.join(bin, name), `#!/bin/sh\nexec '${real}' "$@"\n`, { mode: 0o755 });
  }
  for (const name of ['sh', 'env', 'ps', 'cat', 'uname', 'which', 'getconf', 'ldd']) {
    const real = which(name);
    if (real !== undefined) {
      await fs.symlink(real, path.join(bin, name));
    }
  }
  const nowhere = 'http://127.0.0.1:9';
  return {
    PATH: bin,
    HOME: folder,
    LANG: 'C.UTF-8',
    GOCACHE: path.join(REPOSITORY, '.cache', 'build'),
    GOFLAGS: '',
    GOTOOLCHAIN: 'local',
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NO_PROXY: '127.0.0.1',
  };
}

/** A new folder; links on the way to it would give its files two names. */
export async function newFolder(): Promise<string> {
  return fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'goescape-e2e-')));
}

/** A copy of the tour. */
export async function tour(): Promise<string> {
  const folder = path.join(await newFolder(), 'tour');
  await fs.cp(path.join(REPOSITORY, 'examples', 'tour'), folder, { recursive: true });
  return folder;
}

/** A picture of what was on the screen when a test failed. */
export async function keepFailure(
  test: { readonly fullName: string } | { readonly name: string },
  window: Window | undefined,
): Promise<void> {
  if (!('passed' in test) || test.passed === true || window === undefined) {
    return;
  }
  const name = ('fullName' in test ? test.fullName : test.name).replaceAll(/[^\w.]+/g, '-');
  const file = path.join(REPOSITORY, '.cache', 'vscode', 'failures', `${name}.png`);
  await window.picture(file).catch(() => undefined); // the test has failed already
}
