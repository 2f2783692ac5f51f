/** Written by `pytest tests/project/test_vscode.py --update`, from the server. */

export const SERVER_SETTINGS = [
  'goescape.diagnostics.enable',
  'goescape.diagnostics.minimumSeverity',
  'goescape.hints.enable',
  'goescape.hints.stack',
  'goescape.hints.profile',
  'goescape.lenses.enable',
  'goescape.fixes.enable',
  'goescape.fixes.showRefused',
  'goescape.includeTests',
  'goescape.exclude',
  'goescape.generatedFiles',
  'goescape.language',
  'goescape.run',
  'goescape.go.path',
  'goescape.go.env',
  'goescape.go.buildFlags',
  'goescape.go.inlining',
] as const;

export const SERVER_COMMANDS = [
  'goescape.analyzePackage',
  'goescape.analyzeWorkspace',
  'goescape.applyAndMeasure',
  'goescape.applyAndTest',
  'goescape.applyFix',
  'goescape.bench',
  'goescape.file',
  'goescape.loadProfile',
  'goescape.packages',
  'goescape.pauseWorkspaceAnalysis',
  'goescape.removeProfile',
  'goescape.restart',
  'goescape.showAllocations',
  'goescape.showFlow',
  'goescape.showOutput',
  'goescape.showReport',
  'goescape.sites',
  'goescape.topAllocations',
] as const;

export const CAUSES = [
  'returned',
  'captured-by-closure',
  'stored-in-heap',
  'interface-conversion',
  'passed-to-call',
  'indirect-call',
  'too-large',
  'dynamic-size',
  'goroutine-or-defer',
  'channel',
  'large-map',
  'concatenation',
  'other',
] as const;

export const STATUS_WORDS = {
  nothing: 'nothing on the heap',
  some: '{total} on the heap',
  matter: '{number} in a loop or large',
  noGo: 'no Go',
} as const;
export const MOST_RESTARTS = 3;
/** Milliseconds within which more crashes than that are too many. */
export const CRASH_WINDOW = 180_000;
