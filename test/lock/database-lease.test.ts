import { randomUUID } from 'node:crypto';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/database/database.ts';
import { openServerDatabase } from '../../src/database/open/server.ts';
import {
  findLeaseHolder,
  giveLeaseBack,
  LEASE_NAME,
  renewLease,
  takeLease,
} from '../../src/database/tables/run-lease.ts';
import { DatabaseError, LockLostError } from '../../src/errors.ts';
import { LeaseLock } from '../../src/lock/lease-lock.ts';
import { startPgbouncer } from '../support/private-pgbouncer.ts';
import { recordLog } from '../support/recorded-log.ts';
import { onServer } from '../support/use-database.ts';
import { conformsToLock } from './lock-conformance.ts';

const TABLE = `
CREATE TABLE IF NOT EXISTS run_lease (
  name text PRIMARY KEY, token uuid, expires_at timestamptz NOT NULL)`;
const TTL_MS = 60_000;

function leaseLock(database: Database, ttlMs = TTL_MS): LeaseLock {
  const { logger } = recordLog();
  return new LeaseLock({
    keeper: {
      name: LEASE_NAME,
      take: (token, life) => takeLease(database, token, life),
      renew: (token, life) => renewLease(database, token, life),
      giveBack: (token) => giveLeaseBack(database.transact, token),
    },
    ttlMs,
    token: randomUUID(),
    clock: systemClock,
    logger,
  });
}

async function emptyPlace(database: Database) {
  await database.execute(TABLE);
  await database.execute('DELETE FROM run_lease');
  return {
    newLock: () => leaseLock(database),
    remove: async () => void (await database.execute('UPDATE run_lease SET token = NULL')),
  };
}

onServer('a lease', (open) => {
  conformsToLock(() => emptyPlace(open()));

  test('that was not renewed is free when its life has passed by the clock of the server', async () => {
    const database = open();
    await emptyPlace(database);
    await takeLease(database, randomUUID(), 400);
    expect(await findLeaseHolder(database)).toMatchObject({ leftMs: expect.any(Number) });
    const [one, other] = [randomUUID(), randomUUID()];
    expect(await takeLease(database, one, 400)).toBe(false);

    await vi.waitUntil(() => takeLease(database, one, TTL_MS), { timeout: 20_000, interval: 20 });

    expect(await takeLease(database, other, TTL_MS)).toBe(false);
    expect(await findLeaseHolder(database)).toMatchObject({ runId: one });
  });

  test('that has ended cannot be renewed, though nobody else has it', async () => {
    const database = open();
    await emptyPlace(database);
    const token = randomUUID();
    await takeLease(database, token, 1);
    await vi.waitUntil(async () => (await findLeaseHolder(database)) === undefined);

    expect(await renewLease(database, token, TTL_MS)).toBe(false);
  });

  test('that is taken twice with the same token is taken: an answer may have been lost', async () => {
    const database = open();
    await emptyPlace(database);
    const token = randomUUID();

    expect(await takeLease(database, token, TTL_MS)).toBe(true);
    expect(await takeLease(database, token, TTL_MS)).toBe(true);
  });

  test('that another took over is lost', async () => {
    const database = open();
    await emptyPlace(database);
    const held = await leaseLock(database).acquire();
    await database.execute('UPDATE run_lease SET token = $1::uuid', randomUUID());

    await expect(held.assertHeld()).rejects.toBeInstanceOf(LockLostError);
  });
});

describe.skipIf(inject('postgresUrl') === null)('a lease without its database', () => {
  test('cannot be taken, and the database is said to be why', async () => {
    const database = openServerDatabase('postgres://u@127.0.0.1:1/d', {
      connections: 1,
      clock: { ...systemClock, sleep: async () => undefined },
    });

    await expect(leaseLock(database).acquire()).rejects.toBeInstanceOf(DatabaseError);
    await database.close();
  });
});

onServer('a lease through PgBouncer in transaction mode', (_open, url) => {
  conformsToLock(async () => {
    const pooler = await startPgbouncer(url());
    const database = openServerDatabase(pooler.url, { connections: 2, clock: systemClock });
    onTestFinished(async () => {
      await database.close();
      await pooler.stop();
    });
    return emptyPlace(database);
  });
});
