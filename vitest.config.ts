import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    env: { TZ: 'UTC' },
    // Only for what hangs: a machine that does other work besides may take ten times as long.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // Whole runs and PGlite are heavy: more files at once only make each slower on two cores.
    maxWorkers: 2,
    coverage: { include: ['src/**'], exclude: ['src/database/generated/**'] },
  },
});
