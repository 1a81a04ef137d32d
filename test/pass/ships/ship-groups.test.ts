import { describe, expect, it } from 'vitest';
import { BUILT_IN_SHIP_GROUP_IDS } from '../../../src/built-in-ship-groups.ts';
import { EsiDownError, EsiError } from '../../../src/errors.ts';
import type { EsiClient } from '../../../src/esi/client.ts';
import { findShipGroups } from '../../../src/pass/ships/ship-groups.ts';
import { createLogger } from '../../../src/terminal/logging.ts';

const FRIGATE = 25;
const CRUISER = 26;
const ELITE_BATTLESHIP = 381;
const CITIZEN_SHIPS = 2001;

type Groups = Pick<EsiClient, 'category' | 'group'>;

function esiWith(overrides: Partial<Groups>): EsiClient {
  const answers: Groups = {
    category: async (categoryId) => ({
      categoryId,
      name: null,
      published: true,
      groupIds: [FRIGATE, CRUISER, ELITE_BATTLESHIP],
    }),
    group: async (groupId) => ({
      groupId,
      name: null,
      categoryId: 6,
      published: groupId !== ELITE_BATTLESHIP,
    }),
    ...overrides,
  };
  return answers as EsiClient;
}

async function find(esi: EsiClient, stored: readonly number[] = []) {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const logger = createLogger({ level: 'debug', runId: 'run', pretty: false, secrets: [], write });
  const { groupIds: groups } = await findShipGroups(esi, stored, logger);
  return { groups, lines };
}

describe('the ship groups', () => {
  it('are the published groups of category 6', async () => {
    const asked: number[] = [];
    const esi = esiWith({
      category: async (categoryId) => {
        asked.push(categoryId);
        return {
          categoryId,
          name: null,
          published: true,
          groupIds: [FRIGATE, CRUISER, ELITE_BATTLESHIP],
        };
      },
    });

    const { groups, lines } = await find(esi, [CITIZEN_SHIPS]);

    expect(asked).toEqual([6]);
    expect([...groups]).toEqual([FRIGATE, CRUISER]);
    expect(lines).toEqual([]);
  });

  it('include a group that cannot be asked for, as nearly all are published', async () => {
    const esi = esiWith({
      group: async (groupId) => {
        if (groupId === CRUISER) throw new EsiError('no answer');
        return { groupId, name: null, categoryId: 6, published: groupId !== ELITE_BATTLESHIP };
      },
    });

    const { groups } = await find(esi);

    expect([...groups]).toEqual([FRIGATE, CRUISER]);
  });

  it.each([new EsiError('no answer'), new EsiDownError('down')])(
    'are the built-in ones and those stored as ships when ESI fails: $name',
    async (error) => {
      const esi = esiWith({ category: () => Promise.reject(error) });

      const { groups, lines } = await find(esi, [99_999, FRIGATE]);

      expect(groups).toEqual(new Set([...BUILT_IN_SHIP_GROUP_IDS, 99_999]));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('"level":"warn"');
    },
  );

  it('do not hide a fault of the program', async () => {
    const esi = esiWith({ category: () => Promise.reject(new TypeError('fault')) });

    await expect(find(esi)).rejects.toThrow(TypeError);
  });
});

describe('the built-in ship groups', () => {
  it('are the 48 that are published, each once', () => {
    expect(new Set(BUILT_IN_SHIP_GROUP_IDS).size).toBe(48);
    expect(BUILT_IN_SHIP_GROUP_IDS).toHaveLength(48);
    expect(BUILT_IN_SHIP_GROUP_IDS).not.toContain(ELITE_BATTLESHIP);
    expect(BUILT_IN_SHIP_GROUP_IDS).not.toContain(CITIZEN_SHIPS);
  });
});
