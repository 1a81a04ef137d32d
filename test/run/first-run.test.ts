import { describe, expect, test } from 'vitest';
import { hasServers, startWorld } from '../support/run-world.ts';

const MODES = [
  ...(hasServers ? [{ name: 'on PostgreSQL and Redis', embedded: false }] : []),
  { name: 'embedded', embedded: true },
];

describe.each(MODES)('a first run $name', ({ embedded }) => {
  test('stores every contract with its items and flags', async () => {
    const world = await startWorld({ embedded });

    const { summary } = await world.run();

    await world.expectTruth();
    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  });
});
