/** What a real VS Code is to a test, wherever it comes from: a program with windows and logs. */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';

import type { Window } from './window.ts';

/** What makes an editor calm enough to be looked at. */
export const CALM = {
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
  /** The extensions to install. */
  readonly vsix: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The whole environment of the editor. */
  readonly env: Readonly<Record<string, string>>;
  /** Ask whether folders can be trusted. */
  readonly asksForTrust?: boolean;
}

/** One VS Code with an empty profile and these extensions. */
export abstract class Editor {
  /** Where its profile, its extensions and its logs are; it is its home folder too. */
  protected readonly home: string;

  protected constructor(home: string) {
    this.home = home;
  }

  /** Open a folder or a `.code-workspace` in a window of its own, with a file at a line. */
  abstract open(folder: string, file?: string, line?: number): Promise<Window>;

  /** End it, and forget its profile. */
  async stop(): Promise<void> {
    await fs.rm(this.home, { recursive: true, force: true, maxRetries: 10 });
  }

  /** What a log channel of the extension says. */
  async log(channel = 'Go Escape'): Promise<string> {
    const names = await fs.readdir(this.home, { recursive: true });
    const found = names.filter((name) => path.basename(name) === `${channel}.log`);
    const texts = found.map((name) => fs.readFile(path.join(this.home, name), 'utf8'));
    return (await Promise.all(texts)).join('');
  }

  /** The processes that run the bundled server of this editor. */
  async servers(): Promise<number[]> {
    const found: number[] = [];
    for (const entry of await fs.readdir('/proc')) {
      const file = `/proc/${entry}/cmdline`;
      const line = /^\d+$/.test(entry) ? await fs.readFile(file, 'utf8').catch(() => '') : '';
      if (line.includes(`${this.home}/extensions/`) && line.includes('start.py\0server')) {
        found.push(Number(entry));
      }
    }
    return found;
  }
}

/** An empty home folder of an editor, with these folders in it. */
export async function newHome(...folders: readonly string[]): Promise<string> {
  const home = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'goescape-vscode-')));
  for (const each of folders) {
    await fs.mkdir(path.join(home, each), { recursive: true });
  }
  return home;
}
