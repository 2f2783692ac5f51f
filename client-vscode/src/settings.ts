/** What the server is told of the settings: the user's own, completed by the Go extension's. */
import { SERVER_SETTINGS } from './server.generated.ts';

/** The settings that never leave the editor. */
export const CLIENT_SETTINGS = [
  'goescape.server.path',
  'goescape.python.interpreter',
  'goescape.gutter.enable',
  'goescape.shading.enable',
  'goescape.trace.server',
] as const;

/** What the Go extension says of how this workspace is built. */
export interface GoExtension {
  /** The `go` command that it uses. */
  readonly binary: string;
  readonly buildFlags: readonly string[];
  readonly buildTags: string;
  readonly env: Readonly<Record<string, string>>;
}

export type Values = Record<string, unknown>;

/** The server's settings by their names below `goescape`: what the user set wins. */
export function forServer(get: (name: string) => unknown, go: GoExtension | undefined): Values {
  const values: Values = {};
  for (const name of SERVER_SETTINGS) {
    values[name.replace(/^goescape\./, '')] = get(name);
  }
  if (go === undefined) {
    return values;
  }
  if (values['go.path'] === '') {
    values['go.path'] = go.binary;
  }
  if (isEmptyList(values['go.buildFlags'])) {
    const tags = go.buildTags.trim() === '' ? [] : [`-tags=${go.buildTags.trim()}`];
    values['go.buildFlags'] = [...go.buildFlags, ...tags];
  }
  const own = values['go.env'];
  values['go.env'] = { ...go.env, ...(isRecord(own) ? own : {}) };
  return values;
}

/** Replace `${workspaceFolder}` and `${env:NAME}`, which the Go extension's settings may hold. */
export function substituted(
  text: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return text
    .replace(/\$\{(?:workspaceFolder|workspaceRoot)\}/g, () => folder)
    .replace(/\$\{env:([^}]+)\}/g, (_, name: string) => env[name] ?? '');
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
