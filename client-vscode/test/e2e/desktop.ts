/** VS Code for the desktop, as @vscode/test-electron downloads it. */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';

import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
} from '@vscode/test-electron';
import { _electron as electron } from 'playwright-core';

import { CALM, Editor, newHome, type Wishes } from './editor.ts';
import { CACHE, type Release } from './install.ts';
import { Window } from './window.ts';

const run = promisify(execFile);
/** What a display needs beside the test's own environment. */
const DISPLAY = ['DISPLAY', 'XAUTHORITY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR'];

export class DesktopEditor extends Editor {
  private readonly program: string;
  private readonly wishes: Wishes;

  private constructor(home: string, program: string, wishes: Wishes) {
    super(home);
    this.program = program;
    this.wishes = wishes;
  }

  static async start(release: Release, wishes: Wishes): Promise<DesktopEditor> {
    const program = await downloaded(release.version);
    const home = await newHome('extensions', 'data/User');
    const settings = { ...CALM, 'window.titleBarStyle': 'custom', ...wishes.settings };
    await fs.writeFile(path.join(home, 'data/User/settings.json'), JSON.stringify(settings));
    const [command, ...args] = resolveCliArgsFromVSCodeExecutablePath(program, {
      reuseMachineInstall: true, // the folders are named below
    });
    for (const each of wishes.vsix) {
      const install = ['--install-extension', each, ...places(home), '--no-sandbox'];
      await run(command ?? program, [...args, ...install], { env: environment(wishes, home) });
    }
    return new DesktopEditor(home, program, wishes);
  }

  async open(folder: string, file?: string, line = 1): Promise<Window> {
    const opened =
      file === undefined ? [] : ['--goto', `${path.resolve(folder, file)}:${String(line)}:1`];
    const application = await electron.launch({
      executablePath: this.program,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-updates', '--skip-welcome'],
        ...['--skip-release-notes', '--force-disable-user-env', '--locale', 'en'],
        ...(this.wishes.asksForTrust === true ? [] : ['--disable-workspace-trust']),
        ...places(this.home),
        folder,
        ...opened,
      ],
      env: environment(this.wishes, this.home),
    });
    const window = new Window(await application.firstWindow(), () => application.close());
    await window.isOpen(file);
    return window;
  }
}

async function downloaded(version: string): Promise<string> {
  try {
    return await downloadAndUnzipVSCode({ version, cachePath: path.join(CACHE, 'desktop') });
  } catch (error) {
    throw new Error(
      `VS Code ${version} cannot be downloaded: ${String(error)}. Without GOESCAPE_E2E=desktop the tests take VS Code from the npm package code-server.`,
      { cause: error },
    );
  }
}

function places(home: string): string[] {
  const data = path.join(home, 'data');
  return ['--user-data-dir', data, '--extensions-dir', path.join(home, 'extensions')];
}

function environment({ env }: Wishes, home: string): Record<string, string> {
  const display = DISPLAY.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(display), ...env, HOME: home };
}
