import pg from 'pg';
import { expect, vi } from 'vitest';
import type { PrivatePostgres } from './private-postgres.ts';
import type { FinishedRun, RunningProcess } from './run-process.ts';
import { ANY_ITEMS } from './run-universe.ts';
import { openWorld, type World } from './run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
/** Some are stored before the fault comes, and many are not. */
const CONTRACTS = 150;
const SMALL_STEPS = { DB_BATCH_SIZE: '20', ESI_CONCURRENCY: '4', REGION_CONCURRENCY: '1' };

/** Runs one statement on a server, in one of its databases. */
export async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // The statement may be the end of its own connection.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A world whose database is on a server of the test's own. */
export function openWorldOn({ url }: PrivatePostgres, contracts = CONTRACTS) {
  let number = 0;
  return openWorld({ contracts }, async () => {
    number += 1;
    const name = `world_${process.hrtime.bigint()}_${number}`;
    await administer(url, `CREATE DATABASE ${name}`);
    // The server goes with the test file, and its databases with it.
    return { url: url.replace(/postgres$/, name), drop: async () => undefined };
  });
}

/** A run that has stored a part of the contracts, with much left to do. */
export async function startSlowRun(
  world: World,
  env: Record<string, string> = {},
): Promise<RunningProcess> {
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 80 } });
  const running = world.spawnRun([], { ...SMALL_STEPS, ...env });
  await vi.waitUntil(() => hasStoredSome(world), PATIENCE);
  return running;
}

async function hasStoredSome({ tables }: World): Promise<boolean> {
  if (!(await tables.names()).includes('contract_items')) return false;
  return (await tables.rows('contracts', `items_status = 'fetched'`)).length > 0;
}

/** The run says what is wrong with its database, where, and what to do; the lock is free again. */
export async function expectExplained(
  { summary, log }: FinishedRun,
  world: World,
  ...texts: readonly string[]
): Promise<void> {
  expect(summary).toMatchObject({ outcome: 'failed', exitCode: 74, failureCount: 1 });
  const [failure] = summary.failures;
  for (const text of texts) expect(failure?.message).toContain(text);
  expect(log).toContainEqual(expect.objectContaining({ level: 'fatal', msg: failure?.message }));
  expect(log).toContainEqual(expect.objectContaining({ msg: 'lock released' }));
  expect(await (await world.redis.client()).exists(world.redis.lockKey)).toBe(0);
}

/** The next run completes what is left. */
export async function expectCompletion(world: World): Promise<void> {
  world.esi.clearFaults();
  const { summary } = await world.run();
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
}
