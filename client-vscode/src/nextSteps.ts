/** The next step for whatever is wrong: one message with a button. */
import * as vscode from 'vscode';

import type { Step } from './serverCommand.ts';
import { UV_ALLOWED, type Server } from './server.ts';
import type { State } from './statusText.ts';

interface Button {
  readonly title: string;
  readonly press: () => unknown;
}

/** Tell what is wrong, if anything is, and do what the user picks. */
export async function nextStep(
  server: Server,
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const showLog = {
    title: 'Show Log',
    press: () => {
      log.show();
    },
  };
  const [sentence, ...buttons] = advice(server, context, showLog);
  if (sentence === '') {
    return;
  }
  const text = `Go Escape: ${sentence}`;
  const picked = await vscode.window.showErrorMessage(
    text,
    ...buttons.map((button) => button.title),
  );
  await buttons.find((button) => button.title === picked)?.press();
}

function advice(
  server: Server,
  context: vscode.ExtensionContext,
  showLog: Button,
): [string, ...Button[]] {
  const state: State = server.state;
  const restart = { title: 'Restart', press: () => server.start() };
  switch (state.kind) {
    case 'missing':
      return [state.missing.sentence, ...python(state.missing.step, server, context), showLog];
    case 'stopped':
      return [state.sentence, restart, showLog];
    case 'untrusted':
      return [
        'it runs the Go compiler, so it waits until you trust this folder.',
        { title: 'Manage Trust', press: () => execute('workbench.trust.manage') },
      ];
    case 'running':
      if (state.status.state !== 'error') {
        return [''];
      }
      return state.status.problem === 'go'
        ? [state.status.message, CHOOSE_GO, INSTALL_GO, showLog]
        : [state.status.message, restart, showLog];
    case 'starting':
      return [''];
  }
}

function python(step: Step, server: Server, context: vscode.ExtensionContext): Button[] {
  switch (step) {
    case 'useUv': {
      const press = async (): Promise<void> => {
        await context.globalState.update(UV_ALLOWED, true);
        await vscode.window.withProgress(
          {
            location: vscode.ProgressLocation.Notification,
            title: 'Go Escape: uv looks for a Python',
          },
          () => server.start(),
        );
      };
      return [{ title: 'Use uv', press }, CHOOSE_PYTHON];
    }
    case 'chooseInterpreter':
      return [CHOOSE_PYTHON, INSTALL_PYTHON];
    case 'openServerSetting':
      return [setting('goescape.server.path')];
    case 'openInterpreterSetting':
      return [CHOOSE_PYTHON, setting('goescape.python.interpreter')];
  }
}

const execute = (command: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(command, ...args);

const browse = (address: string): Thenable<boolean> =>
  vscode.env.openExternal(vscode.Uri.parse(address));

const setting = (name: string): Button => ({
  title: 'Open Setting',
  press: () => execute('workbench.action.openSettings', `@id:${name}`),
});

const INSTALL_GO = { title: 'Install Go', press: () => browse('https://go.dev/dl/') };
const INSTALL_PYTHON = {
  title: 'Install Python',
  press: () => browse('https://www.python.org/downloads/'),
};
const CHOOSE_GO = { title: 'Choose Go…', press: () => choose('go.path', 'The go command') };
const CHOOSE_PYTHON = { title: 'Choose Python…', press: chooseInterpreter };

/** Let the user point at a Python. */
export function chooseInterpreter(): Promise<void> {
  return choose('python.interpreter', 'A Python of 3.10 to 3.14');
}

async function choose(name: string, title: string): Promise<void> {
  const picked = await vscode.window.showOpenDialog({ title, canSelectMany: false });
  if (picked?.[0] !== undefined) {
    const target = vscode.ConfigurationTarget.Global;
    await vscode.workspace.getConfiguration('goescape').update(name, picked[0].fsPath, target);
  }
}
