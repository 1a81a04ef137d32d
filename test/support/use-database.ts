import { beforeAll, beforeEach, describe, inject } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/database/database.ts';
import { openServerDatabase } from '../../src/database/open/server.ts';
import { createServerDatabase, DATABASE_KINDS, type DatabaseKind } from './databases.ts';

const EMPTY_ALL_TABLES = [
  `TRUNCATE contracts, contract_items, esi_type_cache, regions, aggregation_runs, run_lease, esi_groups,
    esi_categories, esi_names, constellations, systems, locations, system_jumps, courier_routes,
    static_data, contract_bids, auction_looks, daily_prices, outcome_progress,
    archive_imports`,
];
const REMOVE_ALL_TABLES = ['DROP SCHEMA public CASCADE', 'CREATE SCHEMA public'];

/** Runs a suite on each kind of database; one that is not installed shows as skipped. */
export function onEachDatabase(subject: string, suite: (database: () => Database) => void): void {
  for (const kind of DATABASE_KINDS) {
    describe.skipIf(!kind.isAvailable)(titleOf(subject, kind), () => suite(useDatabase(kind)));
  }
}

/** As `onEachDatabase`, without a single table at the start of each test. */
export function onEachEmptyDatabase(
  subject: string,
  suite: (database: () => Database) => void,
): void {
  for (const kind of DATABASE_KINDS) {
    describe.skipIf(!kind.isAvailable)(titleOf(subject, kind), () => {
      suite(useDatabase(kind, { empty: true }));
    });
  }
}

/** For what only a server can show: several clients at once, and connections that break. */
export function onServer(
  subject: string,
  suite: (open: () => Database, url: () => string) => void,
): void {
  const isAvailable = inject('postgresUrl') !== null;
  const title = titleOf(subject, { name: 'PostgreSQL', isAvailable });
  describe.skipIf(!isAvailable)(title, () => {
    const { open, url } = useEmptyServerDatabase();
    suite(open, url);
  });
}

function titleOf(
  subject: string,
  { name, isAvailable }: Pick<DatabaseKind, 'name' | 'isAvailable'>,
): string {
  return `${subject} on ${name}${isAvailable ? '' : ' (not installed)'}`;
}

/** Shared by the suites of all files of this process; they go with it. */
const databases = new Map<string, Promise<Database>>();

/** One database for all suites that want its kind, emptied before each test. */
function useDatabase(kind: DatabaseKind, { empty = false } = {}): () => Database {
  let current: Database | undefined;
  const get = () => {
    if (current === undefined) throw new Error('there is a database only while tests run');
    return current;
  };
  beforeAll(async () => {
    const key = `${kind.name}${empty ? ', empty' : ''}`;
    const creating = databases.get(key) ?? kind.create({ empty });
    databases.set(key, creating);
    current = await creating;
  });
  beforeEach(async () => {
    for (const statement of empty ? REMOVE_ALL_TABLES : EMPTY_ALL_TABLES) {
      await get().execute(statement);
    }
  });
  return get;
}

/** Opens clients of one database without tables, new for each test, and closes them after it. */
function useEmptyServerDatabase(): { open(): Database; url(): string } {
  let server: Awaited<ReturnType<typeof createServerDatabase>> | undefined;
  let clients: Database[] = [];
  beforeEach(async () => {
    server = await createServerDatabase();
    return async () => {
      await Promise.all(clients.map((client) => client.close()));
      clients = [];
      await server?.drop();
    };
  });
  const url = () => {
    if (server === undefined) throw new Error('there is a database only while tests run');
    return server.url;
  };
  const open = () => {
    const client = openServerDatabase(url(), { connections: 2, clock: systemClock });
    clients.push(client);
    return client;
  };
  return { open, url };
}
