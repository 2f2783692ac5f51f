/** What the Go extension knows, when it is installed. */
import * as vscode from 'vscode';

import { type GoExtension, substituted } from './settings.ts';

const ID = 'golang.go';
const ACTIVATION_TIMEOUT = 3000;

/** The part of its exports that is used here. */
interface Exports {
  readonly settings?: {
    getExecutionCommand?(tool: string, resource?: vscode.Uri): { binPath: string } | undefined;
  };
}

/** How the Go extension builds this workspace; undefined when it is not installed. */
export async function goExtension(): Promise<GoExtension | undefined> {
  const extension = vscode.extensions.getExtension<Exports | undefined>(ID);
  if (extension === undefined) {
    return undefined;
  }
  const folder = vscode.workspace.workspaceFolders?.[0];
  const config = vscode.workspace.getConfiguration('go', folder?.uri);
  const fill = (text: string): string => substituted(text, folder?.uri.fsPath ?? '', process.env);
  const variables = Object.entries(config.get<Record<string, unknown>>('toolsEnvVars') ?? {});
  return {
    binary: await binary(extension, folder?.uri),
    buildFlags: (config.get<string[]>('buildFlags') ?? []).map(fill),
    buildTags: config.get<string>('buildTags') ?? '',
    env: Object.fromEntries(variables.map(([name, value]) => [name, fill(String(value))])),
  };
}

async function binary(
  extension: vscode.Extension<Exports | undefined>,
  folder: vscode.Uri | undefined,
): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, ACTIVATION_TIMEOUT);
  });
  try {
    const exports = await Promise.race([extension.activate(), timeout]);
    return exports?.settings?.getExecutionCommand?.('go', folder)?.binPath ?? '';
  } catch {
    return ''; // it could not start: the server looks for Go itself
  } finally {
    clearTimeout(timer);
  }
}
