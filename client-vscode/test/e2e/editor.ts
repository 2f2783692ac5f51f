/** Driving a real VS Code in a browser: start it, open windows, find what a user would look for. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

import type { Installed } from './install.ts';

const run = promisify(execFile);
const DEADLINE = 45_000;
const MODIFIER = 'Control';

/** What makes an editor calm enough to be looked at. */
const CALM = {
  'chat.disableAIFeatures': true,
  'editor.cursorBlinking': 'solid',
  'editor.hover.delay': 100,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export interface Wishes {
  readonly vscode: Installed;
  readonly vsix: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The whole environment of the editor. */
  readonly env: Readonly<Record<string, string>>;
  /** Ask whether folders can be trusted. */
  readonly asksForTrust?: boolean;
}

/** One VS Code with an empty profile and one extension. */
export class Editor {
  readonly folder: string;
  private readonly port: number;
  private readonly process: ChildProcess;

  private constructor(folder: string, port: number, process: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  static async start({ vscode, vsix, settings, env, asksForTrust }: Wishes): Promise<Editor> {
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'goescape-vscode-'));
    const extensions = path.join(folder, 'extensions');
    const data = path.join(folder, 'server', 'data');
    // VS Code makes only the last of these itself
    for (const each of [
      extensions,
      ...['logs', 'User', 'Machine'].map((n) => path.join(data, n)),
    ]) {
      await fs.mkdir(each, { recursive: true });
    }
    const write = (kind: string, content: object): Promise<void> =>
      fs.writeFile(path.join(data, kind, 'settings.json'), JSON.stringify(content));
    await write('User', { ...CALM, ...settings });
    await write('Machine', settings ?? {}); // programs are named where they are
    const places = [
      '--extensions-dir',
      extensions,
      '--server-data-dir',
      path.join(folder, 'server'),
    ];
    const base = [vscode.main, ...places, '--accept-server-license-terms'];
    const options = { env: { ...env, HOME: folder }, maxBuffer: 1 << 26 };
    const installed = await run(vscode.node, [...base, '--install-extension', vsix], options);
    if (!installed.stdout.includes('successfully installed')) {
      throw new Error(`${vsix} was not installed: ${installed.stdout}${installed.stderr}`);
    }
    const port = await freePort();
    const listen = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
    const trust = asksForTrust === true ? [] : ['--disable-workspace-trust'];
    // what the shell of the developer would add must not come back
    const bare = '--force-disable-user-env';
    const log = await fs.open(path.join(folder, 'output.log'), 'w');
    const process = spawn(vscode.node, [...base, ...listen, ...trust, bare], {
      env: options.env,
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
    await log.close();
    const editor = new Editor(folder, port, process);
    await until(`VS Code answers (${folder})`, async () => {
      const answer = await fetch(editor.origin).catch(() => undefined);
      return answer?.status === 200;
    });
    return editor;
  }

  get origin(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Open a folder in a window of its own, with a file at a line. */
  async open(browser: Browser, folder: string, file?: string, line = 1): Promise<Window> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-US',
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.origin });
    await context.route(
      (url) => url.hostname !== '127.0.0.1',
      (route) => route.abort(),
    );
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE);
    const authority = `vscode-remote://127.0.0.1:${String(this.port)}`;
    const payload = [
      ['gotoLineMode', 'true'],
      ...(file === undefined
        ? []
        : [['openFile', `${authority}${path.join(folder, file)}:${String(line)}:1`]]),
    ];
    const query = new URLSearchParams({ payload: JSON.stringify(payload) });
    const what = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
    query.set(what, folder);
    await page.goto(`${this.origin}/?${query.toString()}`);
    await page.locator('.monaco-workbench').waitFor();
    const window = new Window(page);
    if (file !== undefined) {
      await page.locator('.editor-instance .view-line').first().waitFor();
    }
    return window;
  }

  /** What a log channel of the extension says. */
  async log(channel = 'Go Escape'): Promise<string> {
    const logs = path.join(this.folder, 'server', 'data', 'logs');
    const names = await fs.readdir(logs, { recursive: true });
    const found = names.filter((name) => path.basename(name) === `${channel}.log`);
    return (await Promise.all(found.map((n) => fs.readFile(path.join(logs, n), 'utf8')))).join('');
  }

  /** The processes that run the bundled server of this editor. */
  async servers(): Promise<number[]> {
    const found: number[] = [];
    for (const entry of await fs.readdir('/proc')) {
      const file = `/proc/${entry}/cmdline`;
      const line = /^\d+$/.test(entry) ? await fs.readFile(file, 'utf8').catch(() => '') : '';
      if (line.includes(`${this.folder}/extensions/`) && line.includes('start.py\0server')) {
        found.push(Number(entry));
      }
    }
    return found;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    if (this.process.exitCode === null && this.process.pid !== undefined) {
      process.kill(-this.process.pid, 'SIGTERM');
      await ended;
    }
    await fs.rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A window, by what is on the screen. */
export class Window {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  squiggles(rank: 'warning' | 'info' | 'hint'): Locator {
    return this.page.locator(`.editor-instance .squiggly-${rank}`);
  }

  /** A row of a tree or list; its name may be a part of the text. */
  row(list: Locator, text: string | RegExp): Locator {
    return list.locator('.monaco-list-row').filter({ hasText: text });
  }

  get escapes(): Locator {
    return this.page.locator('.pane', {
      has: this.page.locator('[aria-label^="Escapes"]'),
    });
  }

  get toasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-toast');
  }

  /** The editor shows a text, inlay hints included. */
  async shows(text: string): Promise<void> {
    await until(`the editor shows ${text}`, async () => (await this.text()).includes(text));
  }

  async showsNot(text: string): Promise<void> {
    await until(`${text} is gone`, async () => !(await this.text()).includes(text));
  }

  async text(): Promise<string> {
    const lines = await this.page.locator('.editor-instance .view-line').allTextContents();
    return lines
      .join('\n')
      .replaceAll('\u00a0', ' ')
      .replaceAll(/[\u200b\u200c]/g, '');
  }

  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const box = this.page.locator('.quick-input-widget input.input');
    await box.waitFor();
    await box.fill(`>${title}`);
    await this.row(this.page.locator('.quick-input-list'), title).first().click();
  }

  /** Pick a row of a question. */
  async pick(text: string): Promise<void> {
    await this.row(this.page.locator('.quick-input-list'), text).first().click();
  }

  async focus(): Promise<void> {
    const editor = this.page.locator('.editor-instance').first();
    await editor.locator(':is(.native-edit-context, textarea.inputarea)').first().focus();
  }

  async goTo(line: number, column: number): Promise<void> {
    await this.focus();
    await this.page.keyboard.press(`${MODIFIER}+g`);
    const box = this.page.locator('.quick-input-widget input.input');
    await box.waitFor();
    await box.fill(`:${String(line)}:${String(column)}`);
    await this.page.keyboard.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  /** The caret is on a line. */
  async isAtLine(line: number): Promise<void> {
    const at = this.page.locator('#status\\.editor\\.selection', {
      hasText: `Ln ${String(line)},`,
    });
    await at.waitFor();
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  async press(keys: string): Promise<void> {
    await this.page.keyboard.press(keys);
  }

  async save(): Promise<void> {
    await this.focus();
    await this.press(`${MODIFIER}+s`);
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** What shows when the mouse rests on something in the editor. */
  async hover(over: Locator): Promise<Locator> {
    const hover = this.page
      .locator('.monaco-hover:not(.hidden):not(.workbench-hover)')
      .filter({ has: this.page.locator('.hover-row') })
      .first();
    await until('a hover shows', async () => {
      const box = await this.still(over);
      // only a move inside the editor starts the timer of the hover
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height * 5);
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
      return comes(() => hover.waitFor({ timeout: 3000 }));
    });
    return hover;
  }

  /** An entry of a line's light bulb, which may come a moment after the bulb: it is proved first. */
  async offer(text: string, line: number): Promise<Locator> {
    const bulbs = ['.lightBulbWidget', '[class*="codicon-gutter-lightbulb"]'];
    const bulb = this.page.locator(`.editor-instance :is(${bulbs.join(', ')})`).first();
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    const wanted = rows.filter({ hasText: text }).first();
    let column = 12;
    await until(`the light bulb offers ${text}`, async () => {
      column = column === 12 ? 13 : 12; // it is asked again when the caret moves
      await this.goTo(line, column);
      const opened = await comes(async () => {
        await bulb.click({ timeout: 3000 });
        await rows.first().waitFor({ timeout: 3000 });
      });
      const offered = opened && (await wanted.isVisible());
      if (opened && !offered) {
        await this.press('Escape');
        await rows.first().waitFor({ state: 'detached' });
      }
      return offered;
    });
    return wanted;
  }

  /** A menu lies under a layer that lets nothing through until the mouse has moved. */
  async clickInMenu(row: Locator): Promise<void> {
    const box = await this.still(row);
    await this.page.mouse.move(box.x + 20, box.y + box.height / 2, { steps: 4 });
    await this.page.locator('.context-view-pointerBlock').waitFor({ state: 'detached' });
    await this.page.mouse.click(box.x + 20, box.y + box.height / 2);
  }

  /** The rows of the status item of the language. */
  async status(text: string | RegExp): Promise<void> {
    const row = this.page.locator('.hover-language-status', { hasText: text }).first();
    await until(`the status is ${String(text)}`, async () => {
      await this.page.mouse.move(640, 300);
      await this.page.locator('#status\\.languageStatus').hover();
      return comes(() => row.waitFor({ timeout: 2000 }));
    });
  }

  /** Trust the folder, as the editor for that offers. */
  async trust(): Promise<void> {
    await this.command('Workspaces: Manage Workspace Trust');
    const button = this.page.locator('.workspace-trust-editor .monaco-button', {
      hasText: /^Trust$/,
    });
    await button.first().click();
    const modal = this.page.locator('.monaco-modal-editor-block .codicon-close');
    if (await modal.first().isVisible()) {
      await modal.first().click();
    } else {
      await this.command('View: Close Editor');
    }
  }

  async picture(file: string): Promise<void> {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Where something is, once it stays there: a code lens that comes late shifts every line. */
  private async still(
    what: Locator,
  ): Promise<{ x: number; y: number; width: number; height: number }> {
    let last = '';
    let box = await what.boundingBox();
    await until('it stays in its place', async () => {
      await this.page.waitForTimeout(120);
      box = await what.boundingBox();
      const now = JSON.stringify(box);
      const same = box !== null && now === last;
      last = now;
      return same;
    });
    if (box === null) {
      throw new Error('it is not on the screen');
    }
    return box;
  }
}

/** Wait until something is true; what is waited for stands in the error. */
export async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + DEADLINE;
  while (!(await isTrue())) {
    if (Date.now() > end) {
      throw new Error(`never: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether something appears in its time. */
const comes = (wait: () => Promise<void>): Promise<boolean> =>
  wait().then(
    () => true,
    () => false,
  );

export async function startBrowser(executablePath: string): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--lang=en-US', ...quiet];
  return chromium.launch({ executablePath, args });
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
