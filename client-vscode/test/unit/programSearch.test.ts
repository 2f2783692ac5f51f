/** Programs on PATH, with the rules of each system. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { which } from '../../src/programSearch.ts';

const on = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, files: readonly string[]) => ({
  platform,
  env,
  isProgram: (file: string) => files.includes(file),
});

suite('which', () => {
  test('the first folder that has it', () => {
    const here = on('linux', { PATH: '/a:/b:/c' }, ['/b/python3', '/c/python3']);
    assert.equal(which('python3', here), '/b/python3');
  });

  test('Windows: Path in any case, quotes, an ending, backslashes', () => {
    const env = { Path: '"C:\\Program Files\\Python";D:\\uv' };
    const here = on('win32', env, ['C:\\Program Files\\Python\\python.exe']);
    assert.equal(which('python', here), 'C:\\Program Files\\Python\\python.exe');
  });

  test('never in the current folder, whatever PATH says', () => {
    assert.equal(which('go', on('linux', { PATH: '.::bin' }, ['go', './go', 'bin/go'])), undefined);
    assert.equal(which('go', on('win32', { PATH: '.;' }, ['go.exe', '.\\go.exe'])), undefined);
  });

  test('no PATH at all', () => {
    assert.equal(which('go', on('linux', {}, [])), undefined);
  });
});
