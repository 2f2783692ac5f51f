/** Workspaces of other shapes: several modules in a window, and builds that the Go extension knows. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterEach, suite, test } from 'node:test';

import type { Editor } from './editor.ts';
import { RELEASES } from './install.ts';
import * as stage from './stage.ts';
import type { Window } from './window.ts';

const ONE_POINTER = 'func New() *int {\n\treturn new(int)\n}\n';

/** Stands in for the Go extension: it exports what that exports. */
const goExtension = (go: string): Promise<string> =>
  stage.extension({
    'package.json': JSON.stringify({
      name: 'go',
      publisher: 'golang',
      version: '0.1.0',
      engines: { vscode: '^1.100.0' },
      main: './main.js',
      activationEvents: ['onCommand:go.never'],
    }),
    'main.js': `exports.activate = () => ({
      settings: { getExecutionCommand: (tool) => ({ binPath: tool === 'go' ? '${go}' : '' }) },
    });`,
    'README.md': 'For tests.',
  });

for (const [name, release] of Object.entries(RELEASES)) {
  suite(`${name} VS Code (${release.version}), workspaces`, { timeout: 300_000 }, () => {
    let editor: Editor | undefined;
    let window: Window | undefined;

    afterEach(async (t) => {
      await stage.keepFailure(t, window, editor);
      await editor?.stop();
      editor = window = undefined;
    });

    test('benchmarks are run, and their profile says what allocates most', async () => {
      const folder = path.join(await stage.newFolder(), 'profile');
      await fs.cp(stage.EXAMPLE_PROFILE, folder, { recursive: true });
      const env = await stage.machine(await stage.newFolder(), ['python3', 'go']);
      editor = await stage.start(release, { env });
      window = await editor.open(folder, 'profile_test.go', 12);
      const { page } = window;
      const lenses = (words: string) => page.locator('.codelens-decoration a', { hasText: words });
      await lenses('run benchmark').first().click();
      await lenses('allocs/op').first().waitFor();
      await window.command('Go Escape: Run the Benchmarks of This Package');
      await lenses('allocs/op').nth(2).waitFor();
      await window.command('Explorer: Focus on Escapes View');
      await window.row(window.escapes, 'Top allocations').click();
      const source = window.row(window.escapes, /profile\.Boxed.* %/).first();
      await source.waitFor();
      if (name === 'latest') {
        await window.picture(path.join(stage.PICTURES, 'profile.png'));
      }
      await source.click();
      await window.page.locator('.tab.active', { hasText: 'boxed.go' }).waitFor();
      await window.command('Go Escape: Remove Heap Profile');
      await window.row(window.escapes, 'Top allocations').waitFor({ state: 'detached' });
    });

    test('two modules in one window', async () => {
      const folder = await stage.folderOf({
        'both.code-workspace': JSON.stringify({ folders: [{ path: 'one' }, { path: 'two' }] }),
        'one/go.mod': 'module example.org/one\n\ngo 1.21\n',
        'one/one.go': `package one\n\n${ONE_POINTER}`,
        'two/go.mod': 'module example.org/two\n\ngo 1.21\n',
        'two/two.go': `package two\n\n${ONE_POINTER}`,
      });
      const env = await stage.machine(await stage.newFolder(), ['python3', 'go']);
      editor = await stage.start(release, { env });
      const workspace = path.join(folder, 'both.code-workspace');
      window = await editor.open(workspace, path.join(folder, 'one', 'one.go'), 4);
      await window.squiggles('info').first().waitFor();
      await window.command('Go Escape: Analyze Workspace');
      await window.command('Explorer: Focus on Escapes View');
      for (const each of ['one', 'two']) {
        await window.row(window.escapes, `example.org/${each}`).waitFor();
      }
      await window.row(window.escapes, 'example.org/two').click();
      await window.row(window.escapes, 'New').locator('.monaco-tl-twistie').click();
      await window.row(window.escapes, 'new(int)').click();
      await window.isAtLine(4);
      await window.shows('package two');
      await window.squiggles('info').first().waitFor();
      assert.equal((await editor.servers()).length, 1);
    });

    test("a module is built as the Go extension's settings say", async () => {
      const folder = await stage.folderOf({
        'go.mod': 'module example.org/special\n\ngo 1.21\n',
        'doc.go': 'package special\n',
        'special.go': `//go:build special && 386\n\npackage special\n\n${ONE_POINTER}`,
      });
      const elsewhere = await stage.newFolder();
      const go = await stage.program(elsewhere, 'go');
      editor = await stage.start(release, {
        vsix: [stage.VSIX, await goExtension(go)],
        env: await stage.machine(await stage.newFolder(), ['python3']),
        settings: { 'go.buildTags': 'special', 'go.toolsEnvVars': { GOARCH: '386' } },
      });
      window = await editor.open(await fs.realpath(folder), 'special.go', 6);
      await window.squiggles('info').first().waitFor();
      await window.status(`${go} (from the Go extension)`);
    });
  });
}
