/** What stands in the way: each is said once, with what to do next. */
import assert from 'node:assert/strict';
import { afterEach, suite, test } from 'node:test';

import type { Editor, Wishes } from './editor.ts';
import { RELEASES } from './install.ts';
import { keepFailure, machine, newFolder, type Program, start, tour } from './stage.ts';
import type { Window } from './window.ts';

for (const [name, release] of Object.entries(RELEASES)) {
  suite(`${name} VS Code (${release.version}) in trouble`, { timeout: 300_000 }, () => {
    let editor: Editor | undefined;
    let window: Window | undefined;

    afterEach(async (t) => {
      await keepFailure(t, window, editor);
      await editor?.stop();
      editor = window = undefined;
    });

    const open = async (
      programs: readonly Program[],
      wishes: Partial<Wishes> = {},
    ): Promise<[Editor, Window]> => {
      editor = await start(release, { ...wishes, env: await machine(await newFolder(), programs) });
      window = await editor.open(await tour(), 'returned.go', 14);
      return [editor, window];
    };

    test('nothing runs before a folder is trusted, and all does afterwards', async () => {
      const [editor, window] = await open(['python3', 'go'], {
        settings: {
          'security.workspace.trust.startupPrompt': 'never',
          'security.workspace.trust.untrustedFiles': 'open',
        },
        asksForTrust: true,
      });
      await window.status('Go Escape: off in restricted mode');
      assert.deepEqual(await editor.servers(), []);
      assert.doesNotMatch(await editor.log(), /python/);
      await window.trust();
      await window.squiggles('info').first().waitFor();
    });

    test('no Python', async () => {
      const [, window] = await open(['go']);
      const toast = window.toasts.filter({ hasText: 'goescape needs Python 3.10 to 3.14' });
      await toast.getByText('Choose Python…').waitFor();
      await toast.getByText('Install Python').waitFor();
      await window.status('Go Escape: cannot start');
    });

    test('no Python, but uv, which provides one once the user has agreed', async () => {
      const [editor, window] = await open(['uv', 'python3.N', 'go']);
      const toast = window.toasts.filter({ hasText: 'uv can provide one' });
      await toast.getByText('Use uv').waitFor();
      assert.deepEqual(await editor.servers(), []);
      await toast.getByText('Use uv').click();
      await window.squiggles('info').first().waitFor();
      await window.status('a Python of uv');
    });

    test('a Go that is not one', async () => {
      const [, window] = await open(['python3', 'go'], {
        settings: { 'goescape.go.path': '/nowhere/go' },
      });
      const toast = window.toasts.filter({ hasText: '/nowhere/go' });
      await toast.getByText('Choose Go…').waitFor();
      assert.equal(await window.toasts.count(), 1);
      await window.status('Go Escape: no Go');
    });
  });
}
