import { randomUUID } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { inject } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Database } from '../../src/database/database.ts';
import { migrate, readMigrations } from '../../src/database/open/migrations.ts';
import { pgliteAdapter } from '../../src/database/open/pglite-adapter.ts';
import { openServerDatabase } from '../../src/database/open/server.ts';
import { pristinePglite } from './pristine-pglite.ts';

/** A database of the tests' own, named so that suites can run on each kind. */
export interface DatabaseKind {
  readonly name: string;
  readonly isAvailable: boolean;
  /** Migrated unless said otherwise. */
  readonly create: (options?: { readonly empty?: boolean }) => Promise<Database>;
}

export const DATABASE_KINDS: readonly DatabaseKind[] = [
  { name: 'PGlite', isAvailable: true, create: createPglite },
  { name: 'PostgreSQL', isAvailable: inject('postgresUrl') !== null, create: createOnServer },
];

/** A name that no other test uses; what is left under it goes with the run of the tests. */
export function databaseName(): string {
  return `${inject('databasePrefix')}${randomUUID().replaceAll('-', '').slice(0, 16)}`;
}

/** An empty database on the PostgreSQL server of the tests. */
export async function createServerDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('postgresUrl');
  if (server === null) throw new Error('no PostgreSQL server: guard the suite with isAvailable');
  const name = databaseName();
  await executeOn(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => executeOn(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function createOnServer({ empty = false } = {}): Promise<Database> {
  const { url } = await createServerDatabase();
  const database = openServerDatabase(url, { connections: 5, clock: systemClock });
  if (!empty) await migrate(database.transact, await readMigrations());
  return database;
}

async function createPglite({ empty = false } = {}): Promise<Database> {
  const pglite = await PGlite.create({ loadDataDir: await pristinePglite() });
  const database = new Database({
    adapter: pgliteAdapter(pglite),
    clock: systemClock,
    close: () => pglite.close(),
  });
  if (!empty) await migrate(database.transact, await readMigrations());
  return database;
}

/** Runs one statement on a connection of its own. */
export async function executeOn(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
