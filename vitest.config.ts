import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    env: { TZ: 'UTC' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Whole runs and PGlite are heavy: more files at once only make each slower on two cores.
    maxWorkers: 2,
    coverage: { include: ['src/**'], exclude: ['src/database/generated/**'] },
  },
});
