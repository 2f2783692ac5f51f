/** Real programs: an answer, a failure, silence. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { run } from '../../src/childProcess.ts';

const NODE = process.execPath;

suite('programs', () => {
  test('what one prints', async () => {
    const answer = await run(NODE, ['-e', 'console.log("yes")']);
    assert.deepEqual(answer, { ok: true, stdout: 'yes\n', problem: '' });
  });

  test('the last line of what it complains of', async () => {
    const answer = await run(NODE, ['-e', 'console.error("one\\ntwo"); process.exit(3)']);
    assert.deepEqual(answer, { ok: false, stdout: '', problem: 'two' });
  });

  test('one that is not there', async () => {
    assert.equal((await run('/nowhere/python3', [])).problem, 'not found');
  });

  test('one that never ends is ended', async () => {
    const answer = await run(NODE, ['-e', 'setInterval(() => {}, 1000)'], 300);
    assert.match(answer.problem, /no answer within 0.3 s/);
  });

  test('a path with a NUL is no exception', async () => {
    assert.equal((await run('a\0b', [])).ok, false);
  });
});
