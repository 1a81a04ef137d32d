import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

type Options = NonNullable<TestProjectInlineConfiguration['test']>;

/** What the suites of both commands have in common. */
export const shared: Options = {
  setupFiles: ['test/support/setup.ts'],
  env: { TZ: 'UTC' },
  // Only for what hangs: a machine that does other work besides may take ten times as long.
  testTimeout: 300_000,
  hookTimeout: 120_000,
  // Files leave nothing behind in their process, so that they can share the modules it has loaded.
  isolate: false,
};

/** `npm test`: every kind of test, in minutes. */
const main: Options = {
  ...shared,
  name: 'main',
  include: ['test/**/*.test.ts'],
  exclude: ['test/system/**'],
  provide: { lawRuns: 50, histories: 10 },
};

/** `npm run test:system`: what takes long or needs more than Node, and all of laws and simulation. */
const system: Options = {
  ...shared,
  name: 'system',
  include: ['test/system/**/*.test.ts', 'test/laws/*.test.ts', 'test/simulation/*.test.ts'],
  provide: { lawRuns: 200, histories: 240 },
};

export default defineConfig({
  test: {
    projects: [{ test: main }, { test: system }],
    globalSetup: ['test/support/global-setup.ts'],
    // On two cores: a file waits for servers and clocks more than half of its time.
    maxWorkers: 4,
    coverage: { include: ['src/**'], exclude: ['src/database/generated/**'] },
  },
});
