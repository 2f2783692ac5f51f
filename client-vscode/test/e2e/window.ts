/** A window of VS Code: finding and doing what a user would. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

import type { Locator, Page } from 'playwright-core';

const DEADLINE = 45_000;
const MODIFIER = 'Control';

/** A window, by what is on the screen. */
export class Window {
  readonly page: Page;
  /** Close it, and with it what only it needs. */
  readonly close: () => Promise<void>;

  constructor(page: Page, close: () => Promise<void>) {
    this.page = page;
    this.close = close;
    page.setDefaultTimeout(DEADLINE);
  }

  /** The window is there, and with it the text of a file when one was asked for. */
  async isOpen(file: string | undefined): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    if (file !== undefined) {
      await this.page.locator('.editor-instance .view-line').first().waitFor();
    }
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

  /** What the clipboard holds. */
  async copied(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
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

  /**
   * Do what a row of the light bulb's menu offers. With the keyboard: a row that the mouse comes to
   * is drawn again once VS Code knows more of it, and a click that falls into that is lost.
   */
  async accept(row: Locator): Promise<void> {
    const focused = this.page.locator('.action-widget .monaco-list-row.focused');
    await until('the entry is chosen', async () => {
      await focused.waitFor();
      const chosen = (await focused.textContent()) === (await row.textContent());
      if (!chosen) {
        await this.press('ArrowDown');
      }
      return chosen;
    });
    await this.press('Enter');
    await row.waitFor({ state: 'detached' });
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
    await this.closeEditor();
  }

  /** Close the editor in front, which newer versions show above all others. */
  async closeEditor(): Promise<void> {
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
