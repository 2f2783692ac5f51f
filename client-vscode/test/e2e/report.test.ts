/** The page of `goescape report` in a real browser: for everybody, on everything. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';

import { findChromium } from './install.ts';
import { EXAMPLE_PROFILE, newFolder, REPOSITORY, UPDATES } from './stage.ts';

const run = promisify(execFile);
const PHONE = { width: 360, height: 740 };
const PYTHON = process.env['GOESCAPE_PYTHON'] ?? 'python3';

/** A page of the example with its own profile, as a user makes it. */
async function made(): Promise<string> {
  const folder = await newFolder();
  const file = path.join(folder, 'report.html');
  const profile = path.join(folder, 'mem.prof');
  const tests = ['test', '-run', 'NONE', '-bench', '.', '-benchtime', '20x'];
  const binary = path.join(folder, 'profile.test');
  await run('go', [...tests, '-memprofile', profile, '-o', binary], { cwd: EXAMPLE_PROFILE });
  const command = ['-m', 'goescape', 'report', '-C', EXAMPLE_PROFILE, '-o', file];
  await run(PYTHON, [...command, '--profile', profile]);
  return pathToFileURL(file).href;
}

suite('the report', { timeout: 300_000 }, () => {
  let browser: Browser;
  let address: string;

  const opened = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
    const context = await browser.newContext(options);
    await context.route(
      (url) => url.protocol !== 'file:',
      (route) => {
        throw new Error(`the page asks for ${route.request().url()}`);
      },
    );
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };

  before(async () => {
    address = await made();
    browser = await chromium.launch({
      executablePath: await findChromium(),
      args: ['--no-sandbox', '--disable-gpu'],
    });
  });

  after(async () => {
    await browser.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, viewport] of Object.entries({ desk: undefined, phone: PHONE })) {
      test(`nobody is left out: ${colorScheme}, ${device}`, async () => {
        const page = await opened({ colorScheme, ...(viewport && { viewport }) });
        const found = await new AxeBuilder({ page }).analyze();
        const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
        assert.deepEqual(told, []);
      });
    }
  }

  test('nothing is cut off on a phone', async () => {
    const page = await opened({ viewport: PHONE });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= PHONE.width, `the page is ${String(wide)} wide`);
  });

  test('sites open by keyboard', async () => {
    const page = await opened();
    const last = page.locator('details').last();
    assert.equal(await last.getAttribute('open'), null);
    await last.locator('summary').focus();
    await page.keyboard.press('Enter');
    await last.locator('p').first().waitFor();
    await page.keyboard.press('Shift+Tab');
    const before = await page.evaluate(() => document.activeElement?.tagName);
    assert.ok(before === 'SUMMARY' || before === 'PRE', `the keyboard leads to ${String(before)}`);
  });

  test('all of it is printed', async () => {
    const page = await opened();
    const closed = page.locator('details:not([open]) p').first();
    assert.ok(!(await closed.isVisible()));
    await page.emulateMedia({ media: 'print' });
    assert.ok(await closed.isVisible(), 'what is closed on the screen is open on paper');
    assert.ok((await page.pdf()).length > 10_000);
  });

  test('a picture for the documentation', async () => {
    const page = await opened({ viewport: { width: 1000, height: 1250 } });
    await page.getByText('Top allocations').waitFor();
    if (UPDATES) {
      await page.screenshot({ path: path.join(REPOSITORY, 'docs', 'report.png') });
    }
  });
});
