/** Looking for programs as a shell does. */
import { accessSync, constants, statSync } from 'node:fs';
import * as path from 'node:path';

export interface SearchEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly isProgram: (file: string) => boolean;
}

export const HERE: SearchEnvironment = {
  platform: process.platform,
  env: process.env,
  isProgram(file) {
    try {
      accessSync(file, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  },
};

/** Where `PATH` has a program. Unlike Windows itself, this never looks in the current folder. */
export function which(name: string, where: SearchEnvironment = HERE): string | undefined {
  const windows = where.platform === 'win32';
  const names = windows ? path.win32 : path.posix;
  const search = Object.entries(where.env).find(([key]) => key.toUpperCase() === 'PATH')?.[1] ?? '';
  const endings = windows ? ['.exe'] : [''];
  for (const folder of search.split(windows ? ';' : ':')) {
    const clean = folder.replace(/^"(.*)"$/, '$1');
    for (const ending of names.isAbsolute(clean) ? endings : []) {
      const file = names.join(clean, name + ending);
      if (where.isProgram(file)) {
        return file;
      }
    }
  }
  return undefined;
}
