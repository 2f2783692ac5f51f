/** What stands in the way: each is said once, with what to do next. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { Editor, startBrowser } from './editor.ts';
import { chromium, installed, RELEASES } from './install.ts';
import { machine, newFolder, type Program, tour, VSIX } from './stage.ts';

for (const [name, release] of Object.entries(RELEASES)) {
  suite(`${name} VS Code (${release.version}) in trouble`, { timeout: 300_000 }, () => {
    let browser: Browser;

    before(async () => {
      browser = await startBrowser(await chromium());
    });

    after(async () => {
      await browser.close();
    });

    const start = async (
      programs: readonly Program[],
      settings: Record<string, unknown> = {},
      asksForTrust = false,
    ): Promise<Editor> => {
      const env = await machine(await newFolder(), programs);
      const vscode = await installed(release);
      return Editor.start({ vscode, vsix: VSIX, env, settings, asksForTrust });
    };

    test('nothing runs before a folder is trusted, and all does afterwards', async () => {
      const editor = await start(
        ['python3', 'go'],
        {
          'security.workspace.trust.startupPrompt': 'never',
          'security.workspace.trust.untrustedFiles': 'open',
        },
        true,
      );
      try {
        const window = await editor.open(browser, await tour(), 'returned.go', 14);
        await window.status('Go Escape: off in restricted mode');
        assert.deepEqual(await editor.servers(), []);
        assert.doesNotMatch(await editor.log(), /python/);
        await window.trust();
        await window.squiggles('info').first().waitFor();
        await window.close();
      } finally {
        await editor.stop();
      }
    });

    test('no Python', async () => {
      const editor = await start(['go']);
      try {
        const window = await editor.open(browser, await tour(), 'returned.go', 14);
        const toast = window.toasts.filter({ hasText: 'goescape needs Python 3.10 to 3.14' });
        await toast.getByText('Choose Python…').waitFor();
        await toast.getByText('Install Python').waitFor();
        await window.status('Go Escape: cannot start');
        await window.close();
      } finally {
        await editor.stop();
      }
    });

    test('a Go that is not one', async () => {
      const editor = await start(['python3', 'go'], { 'goescape.go.path': '/nowhere/go' });
      try {
        const window = await editor.open(browser, await tour(), 'returned.go', 14);
        const toast = window.toasts.filter({ hasText: '/nowhere/go' });
        await toast.getByText('Choose Go…').waitFor();
        assert.equal(await window.toasts.count(), 1);
        await window.status('Go Escape: no Go');
        await window.close();
      } finally {
        await editor.stop();
      }
    });
  });
}
