/** What the server is told: the user's settings first, then the Go extension's. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { SERVER_SETTINGS } from '../../src/server.generated.ts';
import { CLIENT_SETTINGS, forServer, substituted, type GoExtension } from '../../src/settings.ts';

const GO: GoExtension = {
  binary: '/go/bin/go',
  buildFlags: ['-race'],
  buildTags: 'integration,linux',
  env: { GOOS: 'linux', GOFLAGS: '-mod=vendor' },
};

const get = (own: Record<string, unknown>) => (name: string) =>
  own[name] ??
  { 'goescape.go.path': '', 'goescape.go.buildFlags': [], 'goescape.go.env': {} }[name] ??
  null;

suite('settings', () => {
  test('the server hears of its own settings only', () => {
    const told = Object.keys(forServer(get({}), undefined));
    assert.deepEqual(
      told.map((name) => `goescape.${name}`),
      [...SERVER_SETTINGS],
    );
    assert.ok(CLIENT_SETTINGS.every((name) => !told.includes(name.replace('goescape.', ''))));
  });

  test('the Go extension completes what the user left open', () => {
    const told = forServer(get({}), GO);
    assert.equal(told['go.path'], '/go/bin/go');
    assert.deepEqual(told['go.buildFlags'], ['-race', '-tags=integration,linux']);
    assert.deepEqual(told['go.env'], GO.env);
  });

  test('what the user set wins', () => {
    const own = {
      'goescape.go.path': '/mine/go',
      'goescape.go.buildFlags': ['-tags=x'],
      'goescape.go.env': { GOOS: 'windows' },
    };
    const told = forServer(get(own), GO);
    assert.equal(told['go.path'], '/mine/go');
    assert.deepEqual(told['go.buildFlags'], ['-tags=x']);
    assert.deepEqual(told['go.env'], { GOOS: 'windows', GOFLAGS: '-mod=vendor' });
  });

  test("variables in the Go extension's settings", () => {
    const text = '${workspaceFolder}/bin:${env:HOME}:${env:NONE}';
    assert.equal(substituted(text, 'C:\\go $& x', { HOME: '/h' }), 'C:\\go $& x/bin:/h:');
  });
});
