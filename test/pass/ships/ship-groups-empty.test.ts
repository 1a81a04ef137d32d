import { describe, expect, it } from 'vitest';
import { BUILT_IN_SHIP_GROUP_IDS } from '../../../src/built-in-ship-groups.ts';
import type { EsiClient } from '../../../src/esi/client.ts';
import { findShipGroups } from '../../../src/pass/ships/ship-groups.ts';
import { createLogger } from '../../../src/terminal/logging.ts';

const logger = createLogger({
  level: 'silent',
  runId: 'run',
  pretty: false,
  secrets: [],
  write: () => undefined,
});

describe('a ship category without any published group', () => {
  it.each([
    { of: 'no groups', groupIds: [] },
    { of: 'unpublished groups', groupIds: [381, 2001] },
  ])('is no answer: every stored flag would be lost by $of', async ({ groupIds }) => {
    const esi: Pick<EsiClient, 'category' | 'group'> = {
      category: async (categoryId) => ({ categoryId, name: null, published: true, groupIds }),
      group: async (groupId) => ({ groupId, name: null, categoryId: 6, published: false }),
    };

    const { groupIds: groups } = await findShipGroups(esi as EsiClient, [25], logger);

    expect(groups).toEqual(new Set([...BUILT_IN_SHIP_GROUP_IDS, 25]));
  });
});
