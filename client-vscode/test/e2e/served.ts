/** VS Code as code-server carries it, shown in Chromium. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import * as path from 'node:path';
import { promisify } from 'node:util';

import { type Browser, chromium } from 'playwright-core';

import { CALM, Editor, newHome, type Wishes } from './editor.ts';
import { findChromium, installed, type Installed, type Release } from './install.ts';
import { until, Window } from './window.ts';

const run = promisify(execFile);

export class ServedEditor extends Editor {
  private readonly port: number;
  private readonly process: ChildProcess;
  private readonly browser: Browser;

  private constructor(home: string, port: number, process: ChildProcess, browser: Browser) {
    super(home);
    this.port = port;
    this.process = process;
    this.browser = browser;
  }

  static async start(release: Release, wishes: Wishes): Promise<ServedEditor> {
    const vscode = await installed(release);
    const browser = await startBrowser();
    const data = 'server/data';
    // VS Code makes only the last of these itself
    const home = await newHome('extensions', ...DATA.map((name) => `${data}/${name}`));
    const write = (kind: string, content: object): Promise<void> =>
      fs.writeFile(path.join(home, data, kind, 'settings.json'), JSON.stringify(content));
    await write('User', { ...CALM, ...wishes.settings });
    await write('Machine', wishes.settings ?? {}); // programs are named where they are
    const base = [
      vscode.main,
      ...['--extensions-dir', path.join(home, 'extensions')],
      ...['--server-data-dir', path.join(home, 'server')],
      '--accept-server-license-terms',
    ];
    const env = { ...wishes.env, HOME: home };
    await install(vscode, base, wishes.vsix, env);
    const port = await freePort();
    const process = await serve(vscode, base, port, { ...wishes, env }, home);
    const editor = new ServedEditor(home, port, process, browser);
    await until(`VS Code answers (${home})`, async () => {
      const answer = await fetch(editor.origin).catch(() => undefined);
      return answer?.status === 200;
    });
    return editor;
  }

  async open(folder: string, file?: string, line = 1): Promise<Window> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-US',
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.origin });
    await context.route(
      (url) => url.hostname !== '127.0.0.1',
      (route) => route.abort(),
    );
    const page = await context.newPage();
    const authority = `vscode-remote://127.0.0.1:${String(this.port)}`;
    const payload = [['gotoLineMode', 'true']];
    if (file !== undefined) {
      payload.push(['openFile', `${authority}${path.resolve(folder, file)}:${String(line)}:1`]);
    }
    const query = new URLSearchParams({ payload: JSON.stringify(payload) });
    query.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
    const window = new Window(page, () => context.close());
    await page.goto(`${this.origin}/?${query.toString()}`);
    await window.isOpen(file);
    return window;
  }

  override async stop(): Promise<void> {
    await this.browser.close();
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    if (this.process.exitCode === null && this.process.pid !== undefined) {
      process.kill(-this.process.pid, 'SIGTERM');
      await ended;
    }
    await super.stop();
  }

  private get origin(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }
}

const DATA = ['logs', 'User', 'Machine'];

async function install(
  vscode: Installed,
  base: readonly string[],
  vsix: readonly string[],
  env: Wishes['env'],
): Promise<void> {
  for (const each of vsix) {
    const options = { env, maxBuffer: 1 << 26 };
    const done = await run(vscode.node, [...base, '--install-extension', each], options);
    if (!done.stdout.includes('successfully installed')) {
      throw new Error(`${each} was not installed: ${done.stdout}${done.stderr}`);
    }
  }
}

async function serve(
  vscode: Installed,
  base: readonly string[],
  port: number,
  { env, asksForTrust }: Wishes,
  home: string,
): Promise<ChildProcess> {
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
  const trust = asksForTrust === true ? [] : ['--disable-workspace-trust'];
  // what the shell of the developer would add must not come back
  const bare = '--force-disable-user-env';
  const log = await fs.open(path.join(home, 'output.log'), 'w');
  const stdio = ['ignore', log.fd, log.fd] as const;
  const options = { env, stdio: [...stdio], detached: true };
  const started = spawn(vscode.node, [...base, ...listen, ...trust, bare], options);
  await log.close();
  return started;
}

async function startBrowser(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--lang=en-US', ...quiet];
  return chromium.launch({ executablePath: await findChromium(), args });
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
