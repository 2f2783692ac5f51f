/** Which profile a command is about, and what the tree says of its share. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { chooseProfile } from '../../src/profileChoice.ts';
import { withPercent } from '../../src/statusText.ts';

suite('profiles', () => {
  test('the one that was named, whatever is loaded', () => {
    assert.deepEqual(chooseProfile('mem.prof', ['a', 'b']), { kind: 'one', name: 'mem.prof' });
  });

  test('the only one need not be named', () => {
    assert.deepEqual(chooseProfile(undefined, ['mem.prof']), { kind: 'one', name: 'mem.prof' });
  });

  test('of several, the user says which', () => {
    assert.deepEqual(chooseProfile(undefined, ['a', 'b']), { kind: 'ask', names: ['a', 'b'] });
  });

  test('a node of a tree is no name', () => {
    assert.deepEqual(chooseProfile({ kind: 'profiles' }, []), { kind: 'none' });
  });

  test('a share stands behind a count where there is one', () => {
    assert.equal(withPercent('3', '12 %'), '3 (12 %)');
    assert.equal(withPercent('3', ''), '3');
    assert.equal(withPercent('3', undefined), '3', 'an older server says nothing of it');
  });
});
