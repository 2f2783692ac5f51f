/** What every end-to-end test stands on: the packaged extension, a machine, folders of Go. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

import { which } from '../../src/programSearch.ts';
import { DesktopEditor } from './desktop.ts';
import type { Editor, Wishes } from './editor.ts';
import type { Release } from './install.ts';
import { ServedEditor } from './served.ts';
import type { Window } from './window.ts';

const run = promisify(execFile);

const CLIENT = path.resolve(import.meta.dirname, '../..');
export const REPOSITORY = path.dirname(CLIENT);

/** Start a VS Code: the one in a browser, or one for the desktop where that was asked for. */
export async function start(
  release: Release,
  { vsix = [VSIX], ...others }: Partial<Wishes> & Pick<Wishes, 'env'>,
): Promise<Editor> {
  const wishes = { ...others, vsix };
  return process.env['GOESCAPE_E2E'] === 'desktop'
    ? DesktopEditor.start(release, wishes)
    : ServedEditor.start(release, wishes);
}

/** The .vsix for this machine, as `package.py` made it. */
export const VSIX = path.join(CLIENT, 'dist', `goescape-${process.platform}-${process.arch}.vsix`);

export const EXAMPLE_PROFILE = path.join(REPOSITORY, 'examples', 'profile');

/** Whether the pictures of the documentation are made again. */
export const UPDATES = process.env['UPDATE_PICTURES'] !== undefined;

/** Where pictures go: into the README's folder when they are to be renewed. */
export const PICTURES = UPDATES
  ? path.join(CLIENT, 'media')
  : path.join(REPOSITORY, '.cache', 'vscode', 'pictures');

/** The programs that a test's machine has; only uv looks for a Python that is called `python3.N`. */
export type Program = 'python3' | 'python3.N' | 'go' | 'uv';

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
    await program(bin, name);
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

/** Put a program into a folder: a script that runs the real one. */
export async function program(folder: string, name: Program): Promise<string> {
  const usual = name === 'python3.N' ? 'python3' : name;
  const real = process.env[`GOESCAPE_TEST_${usual.toUpperCase()}`] ?? which(usual);
  if (real === undefined) {
    throw new Error(`${usual} is missing on this machine.`);
  }
  const version = 'import sys; print("python%d.%d" % sys.version_info[:2], end="")';
  const shown = name === usual ? name : (await run(real, ['-c', version])).stdout;
  const file = path.join(folder, shown);
  await fs.writeFile(file, `#!/bin/sh\nexec '${real}' "$@"\n`, { mode: 0o755 });
  return file;
}

/** A folder with these files. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await newFolder();
  for (const [name, text] of Object.entries(files)) {
    await fs.mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await fs.writeFile(path.join(folder, name), text);
  }
  return folder;
}

/** Package an extension that is made of these files. */
export async function extension(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await folderOf({ 'LICENSE.txt': '', ...files });
  const vsce = path.join(CLIENT, 'node_modules', '@vscode', 'vsce', 'vsce');
  const vsix = path.join(folder, 'stub.vsix');
  const options = ['--no-dependencies', '--allow-missing-repository', '--out', vsix];
  await run(process.execPath, [vsce, 'package', ...options], { cwd: folder });
  return vsix;
}

/** A new folder, gone with this process; links on the way to it would give its files two names. */
export async function newFolder(): Promise<string> {
  const folder = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'goescape-e2e-')));
  made.push(folder);
  return folder;
}

const made: string[] = [];
process.once('exit', () => {
  for (const folder of made) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A copy of the tour. */
export async function tour(): Promise<string> {
  const folder = path.join(await newFolder(), 'tour');
  await fs.cp(path.join(REPOSITORY, 'examples', 'tour'), folder, { recursive: true });
  return folder;
}

/** What was on the screen and in the log when a test failed. */
export async function keepFailure(
  test: { readonly fullName: string } | { readonly name: string },
  window: Window | undefined,
  editor: Editor | undefined,
): Promise<void> {
  if (!('passed' in test) || test.passed === true) {
    return;
  }
  const name = ('fullName' in test ? test.fullName : test.name).replaceAll(/[^\w.]+/g, '-');
  const file = path.join(REPOSITORY, '.cache', 'vscode', 'failures', name);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(`${file}.log`, (await editor?.log()) ?? '');
  await window?.picture(`${file}.png`).catch(() => undefined); // the test has failed already
}
