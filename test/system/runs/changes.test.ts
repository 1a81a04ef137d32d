import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { createRandom } from '../../../fixtures/local-esi/random.ts';
import type { EsiContract } from '../../../fixtures/local-esi/universe.ts';
import { contractsOf } from '../../support/run-universe.ts';
import {
  DOMAIN,
  SINQ_LAISON,
  serverTest,
  startWorld,
  THE_FORGE,
  type World,
} from '../../support/run-world.ts';

const HEIMATAR = 10000030;
const REGIONS = [THE_FORGE, DOMAIN, SINQ_LAISON, HEIMATAR];
const ROUNDS = 8;
const SHARE = 0.08;
/** Small batches, so that regions commit in turns, and a kill comes between two of them. */
const SMALL_STEPS = { DB_BATCH_SIZE: '7', REGION_CONCURRENCY: '4', LOCK_TTL_SECONDS: '1' };

type Line = Readonly<Record<string, unknown>>;

/** What a reader makes of the changes, beginning with nothing. */
class Mirror {
  readonly contracts = new Map<unknown, Line>();
  since = 0;
  looks = 0;
  readonly #world: World;
  readonly #options: readonly string[];

  constructor(world: World, ...options: readonly string[]) {
    this.#world = world;
    this.#options = options;
  }

  async look(): Promise<void> {
    const args = ['changes', '--since', String(this.since), ...this.#options];
    const { exitCode, stdout, stderr } = await this.#world.command(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    const [end, ...changes] = lines.map((line) => JSON.parse(line) as Line).reverse();
    expect(end).toEqual({ next_since: expect.any(Number), changes: changes.length });
    for (const change of changes) this.contracts.set(change['contract_id'], change);
    this.since = Number(end?.['next_since']);
    this.looks += 1;
  }
}

const COLUMNS = [
  'contract_id',
  'region_id',
  'status',
  'price',
  'title',
  'items_status',
  'quantity',
];

/** What a mirror and a table are compared by. */
function partOf(row: Line): readonly unknown[] {
  return [...COLUMNS, 'changed_in', 'is_baseline', 'is_ship_contract'].map((name) => row[name]);
}

function byId(rows: Iterable<Line>): (readonly unknown[])[] {
  return [...rows].map(partOf).sort((one, other) => Number(one[0]) - Number(other[0]));
}

/** Contracts that were taken away before come back, with another price. */
function bringBack(world: World, gone: Map<number, EsiContract[]>): void {
  for (const [regionId, contracts] of gone) {
    const listed = [...contractsOf(world.universe, regionId), ...contracts];
    listed.sort((one, other) => one.contract_id - other.contract_id);
    world.universe.contracts.set(regionId, listed);
  }
  gone.clear();
}

function takeSome(world: World, gone: Map<number, EsiContract[]>): void {
  for (const regionId of REGIONS) {
    const [first, ...others] = contractsOf(world.universe, regionId);
    if (first === undefined) continue;
    gone.set(regionId, [first]);
    world.universe.contracts.set(regionId, others);
  }
}

serverTest(
  'a reader of changes misses nothing, beside regions that commit, runs that are killed and contracts that come back',
  async () => {
    const world = await startWorld({ regionIds: REGIONS, contracts: 300, esi: { latencyMs: 4 } });
    const random = createRandom(20_261_127);
    const all = new Mirror(world, '--baseline');
    const news = new Mirror(world);
    const gone = new Map<number, EsiContract[]>();
    let isOver = false;
    const reader = (async () => {
      while (!isOver) await Promise.all([all.look(), news.look()]);
    })();
    let killed = 0;
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const running = world.spawnRun([], SMALL_STEPS);
        if (round % 3 === 1) {
          await delay(random.int(600, 1400));
          running.kill('SIGKILL');
          killed += 1;
        }
        const { exitCode } = await running.done;
        expect(exitCode === null || [0, 75, 137].includes(exitCode)).toBe(true);
        if (gone.size > 0) bringBack(world, gone);
        else takeSome(world, gone);
        world.nextListing({ seed: random.int(1, 1_000_000), share: SHARE });
        // What a killed run held in Redis ends by itself.
        if (round % 3 === 1) await delay(1500);
      }
      // A lock of a second may be lost on a machine that is busy.
      const last = { ...SMALL_STEPS, LOCK_TTL_SECONDS: '60' };
      expect((await world.run([], last)).summary.outcome).toBe('complete');
    } finally {
      isOver = true;
      await reader;
    }
    await Promise.all([all.look(), news.look()]);

    const stored = await world.tables.rows('contracts');
    expect(killed).toBe(3);
    expect(all.looks).toBeGreaterThan(ROUNDS);
    expect(new Set(stored.map((row) => row['status']))).toEqual(new Set(['outstanding', 'closed']));
    expect(byId(all.contracts.values())).toEqual(byId(stored));
    expect(byId(news.contracts.values())).toEqual(
      byId(stored.filter((row) => !row['is_baseline'])),
    );
    expect(news.contracts.size).toBeGreaterThan(0);
    const last = Math.max(...stored.map((row) => Number(row['changed_in'])));
    expect(all.since).toBeGreaterThanOrEqual(last);
  },
  180_000,
);
