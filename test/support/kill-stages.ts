import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { vi } from 'vitest';
import type { Random } from '../../fixtures/local-esi/random.ts';
import type { RunningProcess } from './run-process.ts';
import type { World } from './run-world.ts';

/** What a run is at, in its order. */
export const STAGES = [
  'start',
  'opening',
  'listing',
  'items',
  'transaction',
  'closing',
  'end',
] as const;

export type Stage = (typeof STAGES)[number];

const PATIENCE = { timeout: 50_000, interval: 3 };
/** Tables whose rows come last in the transaction of a stage: who waits for one is in its middle. */
const LAST_TABLE: Partial<Record<Stage, string>> = {
  transaction: 'contract_items',
  closing: 'regions',
};
/** The tables that somebody waits for. */
const SELECT_AWAITED = `SELECT relation::regclass::text AS name FROM pg_locks
  WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const HAS_TABLE = `SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename =`;

/** A run that is to be killed, and the world that it works on. */
export interface Victim {
  readonly world: World;
  readonly running: RunningProcess;
  hasEnded(): boolean;
}

/** Brings a run to a stage, calls back while it is in it, and lets go. */
export async function atStage(
  stage: Stage,
  victim: Victim,
  random: Random,
  work: () => Promise<void>,
): Promise<void> {
  const { world } = victim;
  const table = LAST_TABLE[stage];
  if (table === undefined || world.databaseUrl === undefined) {
    await vi.waitUntil(() => victim.hasEnded() || hasReached(stage, victim), PATIENCE);
    await delay(random.int(0, offsetMs(stage, world)));
    return work();
  }
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    // A run that is the first makes the tables itself.
    const isThere = async () => (await client.query(`${HAS_TABLE} '${table}'`)).rows.length > 0;
    await vi.waitUntil(async () => victim.hasEnded() || (await isThere()), PATIENCE);
    await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
    const isCaught = async () =>
      victim.hasEnded() || (await client.query(SELECT_AWAITED)).rows.length > 0;
    await vi.waitUntil(isCaught, PATIENCE);
    await work();
  } finally {
    await client.end();
  }
}

/** How long the stage lasts, about: the kill comes at any moment of it. */
function offsetMs(stage: Stage, { databaseUrl }: World): number {
  const isEmbedded = databaseUrl === undefined;
  if (stage === 'start') return 200;
  if (stage === 'opening') return isEmbedded ? 300 : 30;
  return isEmbedded ? 40 : 10;
}

function hasReached(stage: Stage, { world, running }: Victim): boolean {
  switch (stage) {
    case 'start':
      return true;
    case 'opening':
      return says(running, 'lock taken');
    case 'listing':
      return world.esi.requestsTo('listing').length > 0;
    case 'items':
      return itemsOf(world).length > 2;
    case 'transaction':
      return isStoring(world);
    case 'closing':
      return says(running, 'region done');
    case 'end':
      return count(running, 'region done') === world.universe.regions.size;
  }
}

/** The stage that a run is in, by what can be seen of it from outside. */
export async function stageOf({ world, running }: Victim): Promise<Stage> {
  const awaited = await awaitedTables(world);
  if (awaited.includes('contract_items')) return 'transaction';
  if (awaited.includes('regions')) return 'closing';
  const done = count(running, 'region done');
  if (done === world.universe.regions.size) return 'end';
  if (done > 0) return 'closing';
  if (isStoring(world)) return 'transaction';
  if (itemsOf(world).length > 0) return 'items';
  if (world.esi.requestsTo('listing').length > 0) return 'listing';
  return says(running, 'lock taken') ? 'opening' : 'start';
}

function itemsOf({ esi }: World) {
  return esi.requestsTo('items');
}

/** All that was asked for is answered: the run is busy with the database. */
function isStoring(world: World): boolean {
  const items = itemsOf(world);
  return items.length > 0 && items.every(({ status }) => status !== 0);
}

async function awaitedTables({ databaseUrl }: World): Promise<readonly string[]> {
  if (databaseUrl === undefined) return [];
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(SELECT_AWAITED);
  await client.end();
  return rows.map(({ name }) => name);
}

function says(running: RunningProcess, text: string): boolean {
  return count(running, text) > 0;
}

function count({ output }: RunningProcess, text: string): number {
  return output.stderr.split(`"msg":"${text}"`).length - 1;
}

/** Brings the first start of an embedded database to its middle: it is being made. */
export async function whileMade({ dataDir }: World): Promise<void> {
  const isThere = () =>
    stat(join(dataDir, 'pgdata.draft', 'base')).then(
      () => true,
      () => false,
    );
  await vi.waitUntil(isThere, PATIENCE);
}
