/** What the status item says in each state. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import {
  onHeap,
  IDLE_STATUS,
  ranks,
  type ServerStatus,
  type State,
  statusText,
} from '../../src/statusText.ts';

const SERVER = { command: 'python3', args: [], version: 'goescape 0.1.0', reason: 'PATH' };
const running = (status: Partial<ServerStatus>): State => ({
  kind: 'running',
  server: SERVER,
  status: { ...IDLE_STATUS, ...status },
});

suite('status', () => {
  test('idle: the count of the file, and the report', () => {
    const shown = statusText(running({ go: 'go1.27.3' }), { warning: 1, information: 2, hint: 0 });
    assert.equal(shown.text, 'Go Escape: 3 on the heap, 1 in a loop or large');
    assert.equal(shown.detail, 'go1.27.3');
    assert.equal(shown.command, 'goescape.showReport');
  });

  test('at work: busy, and with what', () => {
    const shown = statusText(running({ state: 'analyzing', message: 'analysing a/b' }), undefined);
    assert.equal(shown.text, 'Go Escape: analysing a/b');
    assert.ok(shown.busy);
  });

  test('waiting: the error is the detail, no spinner turns', () => {
    const status = { state: 'waiting', message: 'a/b does not compile: undefined: x' } as const;
    const shown = statusText(running(status), undefined);
    assert.equal(shown.severity, 'warning');
    assert.match(shown.detail, /undefined: x/);
    assert.ok(!shown.busy);
  });

  test('whatever is wrong has a command that does the next step', () => {
    const missing = { sentence: 'No Python.', step: 'chooseInterpreter' } as const;
    const states: [State, string][] = [
      [{ kind: 'untrusted' }, 'workbench.trust.manage'],
      [{ kind: 'missing', missing }, 'goescape.nextStep'],
      [{ kind: 'stopped', sentence: 'It ended.' }, 'goescape.restart'],
      [running({ state: 'error', problem: 'go', message: 'No Go.' }), 'goescape.nextStep'],
      [running({ state: 'error', problem: 'load', message: 'No module.' }), 'goescape.showLog'],
    ];
    for (const [state, command] of states) {
      const shown = statusText(state, undefined);
      assert.equal(shown.command, command);
      assert.ok(!shown.busy);
      assert.notEqual(shown.severity, 'information');
    }
  });

  test('counts in words', () => {
    assert.equal(onHeap({ warning: 0, information: 0, hint: 0 }), 'nothing on the heap');
    assert.equal(onHeap({ warning: 0, information: 0, hint: 2 }), '2 on the heap');
    assert.equal(onHeap(undefined), 'ready');
    assert.equal(ranks({ warning: 2, information: 0, hint: 1 }), '2 warning, 1 hint');
  });
});
