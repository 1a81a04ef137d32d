import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/database/database.ts';
import { openServerDatabase } from '../../../src/database/open/server.ts';
import {
  countByRegion,
  lastGoodRunAt,
  lastRuns,
} from '../../../src/database/queries/status-queries.ts';
import { findRegions } from '../../../src/database/tables/regions.ts';
import { DatabaseError } from '../../../src/errors.ts';
import { freePort } from '../../support/machine.ts';
import { onEachDatabase } from '../../support/use-database.ts';

interface TypedRead {
  readonly name: string;
  readonly read: (database: Database) => Promise<unknown>;
  readonly statements: number;
}

const TYPED_READS: readonly TypedRead[] = [
  { name: 'findRegions', read: findRegions, statements: 1 },
  { name: 'lastRuns', read: (database) => lastRuns(database, 3), statements: 1 },
  { name: 'lastGoodRunAt', read: (database) => lastGoodRunAt(database, new Date()), statements: 1 },
  { name: 'countByRegion', read: countByRegion, statements: 1 },
];

test.each(TYPED_READS)(
  '$name on a server that cannot be reached is a DatabaseError of one line, without the password',
  async ({ read }) => {
    const port = await freePort();
    const url = `postgres://user:s3cret@127.0.0.1:${port}/contracts`;
    const database = openServerDatabase(url, { connections: 2, clock: systemClock });
    onTestFinished(() => database.close());
    const startedAt = performance.now();
    const failure: unknown = await read(database).catch((error: unknown) => error);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(failure).toMatchObject({ isDataFault: false, message: expect.not.stringMatching(/\n/) });
    expect(String(failure)).toContain(`127.0.0.1:${port}`);
    expect(inspect(failure, { depth: 10 })).not.toContain('s3cret');
  },
);

onEachDatabase('typed reads', (database) => {
  test.each(TYPED_READS)('$name counts its statements', async ({ read, statements }) => {
    const before = database().counters.statements;
    await read(database());
    expect(database().counters.statements - before).toBe(statements);
  });

  test.each(TYPED_READS)('$name of tables that are not there is a DatabaseError', async (typed) => {
    await database().execute('ALTER SCHEMA public RENAME TO aside');
    const failure: unknown = await typed.read(database()).catch((error: unknown) => error);
    await database().execute('ALTER SCHEMA aside RENAME TO public');
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(failure).toMatchObject({ message: expect.not.stringMatching(/\n/) });
  });
});
