/** A user installs the .vsix, opens the tour, and sees, understands and repairs. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { after, afterEach, before, suite, test } from 'node:test';

import type { Editor } from './editor.ts';
import { RELEASES } from './install.ts';
import { keepFailure, machine, newFolder, PICTURES, start, tour } from './stage.ts';
import { until, type Window } from './window.ts';

for (const [name, release] of Object.entries(RELEASES)) {
  suite(`${name} VS Code (${release.version})`, { timeout: 400_000 }, () => {
    let folder: string;
    let editor: Editor;
    let window: Window;
    let opened: number;

    const picture = async (file: string): Promise<void> => {
      if (name === 'latest') {
        await window.picture(path.join(PICTURES, `${file}.png`));
      }
    };

    before(async () => {
      folder = await tour();
      editor = await start(release, { env: await machine(await newFolder(), ['python3', 'go']) });
      opened = Date.now();
      window = await editor.open(folder, 'returned.go', 23);
    });

    afterEach(async (t) => {
      await keepFailure(t, window, editor);
    });

    after(async () => {
      await editor.stop();
    });

    test('squiggles by rank, hints, lenses', async (t) => {
      await window.squiggles('info').first().waitFor();
      t.diagnostic(`first squiggle ${String(Date.now() - opened)} ms after the window was opened`);
      await window.squiggles('warning').first().waitFor();
      await window.shows('heap: returned');
      await window.page
        .locator('.codelens-decoration', { hasText: '1 heap allocation' })
        .first()
        .waitFor();
    });

    test('the gutter is marked, and the status bar counts', async () => {
      await window.page.locator('.editor-instance .glyph-margin-widgets .cgmr').first().waitFor();
      const count = window.page.locator(
        '#goescape\\.goescape\\.goescape\\.count, [id$="goescape.count"]',
      );
      await count.filter({ hasText: '5' }).waitFor();
    });

    test('the status says what runs, and why', async () => {
      await window.status('Go Escape: 5 on the heap, 1 in a loop or large');
      await window.status(/goescape \d+\.\d+\.\d+, Python 3\.\d+/);
      await picture('status');
      const log = await editor.log();
      assert.match(log, /python3 on PATH: .*python3: goescape \d/);
      assert.match(log, /activated in \d+ ms/);
    });

    test('VS Code says how long the activation took', async (t) => {
      await window.command('Developer: Show Running Extensions');
      const list = window.page.locator('.runtime-extensions-editor');
      const row = window.row(list, 'Go Escape').first();
      await list.hover();
      await until('the list, the slowest first, names it', async () => {
        const named = await row.isVisible();
        await window.page.mouse.wheel(0, named ? 0 : 200);
        return named;
      });
      const said = await row.locator('.activation-time').innerText();
      const took = /Activation:\s*(\d+)\s*ms/.exec(said)?.[1];
      assert.ok(took !== undefined, said);
      t.diagnostic(`activated in ${took} ms, as VS Code measures it`);
      await window.closeEditor();
    });

    test('a hover explains, and its links lead along the flow', async () => {
      const hover = await window.hover(window.squiggles('info').first());
      const text = (await hover.innerText()).replaceAll('\u00a0', ' ');
      assert.match(text, /u moves to the heap: return &u hands it to the caller/);
      assert.match(text, /What helps/);
      await picture('hover');
      await hover.getByText('returned.go:15').first().click();
      await window.isAtLine(15);
    });

    test('the tree of escapes leads to a site', async () => {
      await window.command('Explorer: Focus on Escapes View');
      await window.page.getByRole('button', { name: 'Explorer Section: tour' }).click();
      await window.row(window.escapes, 'goescape.example/tour').click();
      await window.row(window.escapes, 'Clone').locator('.monaco-tl-twistie').click();
      const site = window.row(window.escapes, 'clone').filter({ hasText: 'stored, line 34' });
      await site.waitFor();
      await picture('tree');
      await site.click();
      await window.isAtLine(34);
    });

    test('a filter narrows the tree', async () => {
      await window.command('Go Escape: Filter by Rank');
      await window.pick('Warnings only');
      await window.escapes.getByText('8 (warning or more)').waitFor();
      await window.command('Go Escape: Clear Filter');
      await window.escapes.getByText('8 (warning or more)').waitFor({ state: 'detached' });
    });

    test('the flow is shown in place', async () => {
      await window.goTo(14, 2);
      await window.command('Go Escape: Show the Flow to the Heap');
      const peek = window.page.locator('.reference-zone-widget');
      await peek.waitFor();
      await picture('flow');
      await window.press('Escape');
      await peek.waitFor({ state: 'detached' });
    });

    test('the report names what matters', async () => {
      await window.command('Go Escape: Show Report of the Workspace');
      const page = window.page.frameLocator('iframe.webview').frameLocator('iframe');
      await page.getByText('allocation sites').first().waitFor();
      await page.getByText('goescape.example/tour').first().waitFor();
      await picture('report');
      await page.getByRole('link', { name: 'Clone' }).first().click();
      await window.isAtLine(34);
    });

    test("the compiler's own text", async () => {
      await window.command("Go Escape: Show the Compiler's Own Text");
      await window.shows('can inline NewUser with cost');
      await window.command('View: Close Editor');
    });

    test('a fix from the light bulb removes the squiggle', async () => {
      const file = path.join(folder, 'fixed.go');
      await fs.writeFile(
        file,
        'package tour\n\nimport "fmt"\n\nfunc Text(n int) string {\n\treturn fmt.Sprintf("%d", n)\n}\n',
      );
      await window.close();
      window = await editor.open(folder, 'fixed.go', 6);
      await window.squiggles('hint').first().waitFor();
      const fix = await window.offer('strconv.Itoa', 6);
      await picture('fix');
      await window.accept(fix);
      await window.shows('strconv.Itoa(n)');
      await window.save();
      assert.match(await fs.readFile(file, 'utf8'), /return strconv\.Itoa\(n\)/);
    });

    test('a package that does not compile waits', async () => {
      await window.goTo(7, 2);
      await window.type('\nfunc broken( {}\n');
      await window.save();
      await window.status('waiting, the package does not compile');
      await window.goTo(8, 1);
      await window.press('Control+Shift+k');
      await window.showsNot('broken');
      await window.save();
      await window.status(/on the heap/);
    });

    test('hints are switched off and on', async () => {
      await window.close();
      window = await editor.open(folder, 'returned.go', 14);
      await window.shows('heap: returned');
      await window.command('Go Escape: Toggle Inlay Hints');
      await window.showsNot('heap: returned');
      await window.command('Go Escape: Toggle Inlay Hints');
      await window.shows('heap: returned');
    });

    test('a server that was killed is started again', async () => {
      await until('a server runs', async () => (await editor.servers()).length === 1);
      const [server] = await editor.servers();
      assert.ok(server !== undefined);
      process.kill(server, 'SIGKILL');
      await until('another server runs', async () => {
        const [other] = await editor.servers();
        return other !== undefined && other !== server;
      });
      await window.shows('heap: returned');
      await window.squiggles('info').first().waitFor();
    });

    test('debug information goes to the clipboard', async () => {
      await window.command('Go Escape: Copy Debug Information');
      await window.toasts.filter({ hasText: 'debug information copied' }).waitFor();
      const copied = await window.copied();
      assert.match(copied, /^goescape extension \d/);
      assert.match(copied, /server: goescape .*\(python3 on PATH\)/);
      assert.match(copied, /go: go1\./);
    });
  });
}
