import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The machine keeps tens of megabytes per instance: files in parallel, tests within one in order.
    pool: 'forks',
  },
});
