/** Which profile a command is about, and what the tree says of its share. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { meant } from '../../src/profiles.ts';
import { withPercent } from '../../src/state.ts';

suite('profiles', () => {
  test('the one that was named, whatever is loaded', () => {
    assert.deepEqual(meant('mem.prof', ['a', 'b']), { kind: 'one', name: 'mem.prof' });
  });

  test('the only one need not be named', () => {
    assert.deepEqual(meant(undefined, ['mem.prof']), { kind: 'one', name: 'mem.prof' });
  });

  test('of several, the user says which', () => {
    assert.deepEqual(meant(undefined, ['a', 'b']), { kind: 'ask', names: ['a', 'b'] });
  });

  test('a node of a tree is no name', () => {
    assert.deepEqual(meant({ kind: 'profiles' }, []), { kind: 'none' });
  });

  test('a share stands behind a count where there is one', () => {
    assert.equal(withPercent('3', '12 %'), '3 (12 %)');
    assert.equal(withPercent('3', ''), '3');
    assert.equal(withPercent('3', undefined), '3', 'an older server says nothing of it');
  });
});
