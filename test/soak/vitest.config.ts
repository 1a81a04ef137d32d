import { defineConfig } from 'vitest/config';
import { shared } from '../../vitest.config.ts';

/** The long share of the tests: the same worlds and checks, for as long as one cares to wait. */
export default defineConfig({
  test: {
    ...shared,
    globalSetup: ['test/support/global-setup.ts'],
    include: ['test/soak/**/*.soak.ts'],
    testTimeout: 0,
    hookTimeout: 0,
    maxWorkers: 2,
  },
});
