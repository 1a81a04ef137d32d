// `run` loads these when it gets to them; here they are there, so that loading takes no time.
import '../../src/pass/pass.ts';
import '../../src/composition/compose-esi.ts';
import { PGlite } from '@electric-sql/pglite';
import { systemClock } from '../../src/clock.ts';
import { Database } from '../../src/database/database.ts';
import { loadStaticData } from '../../src/database/open/load-static-data.ts';
import { type Migration, migrate, readMigrations } from '../../src/database/open/migrations.ts';
import { pgliteAdapter } from '../../src/database/open/pglite-adapter.ts';
import { pristinePglite } from '../support/pristine-pglite.ts';

/** What simulations share, one after another. */
export interface Laboratory {
  /** A database in memory with our tables. */
  readonly pglite: PGlite;
  readonly migrations: readonly Migration[];
  close(): Promise<void>;
}

export async function openLaboratory(): Promise<Laboratory> {
  const pglite = await PGlite.create({ loadDataDir: await pristinePglite() });
  const migrations = await readMigrations();
  const adapter = pgliteAdapter(pglite);
  const database = new Database({ adapter, clock: systemClock, close: async () => undefined });
  await migrate(database.transact, migrations);
  // No simulation loads it: that would be most of its time.
  await loadStaticData(database, database.transact, new Date('2026-09-01T00:00:00Z'));
  await database.close();
  const putTimersBack = replaceEmptyTimers();
  const close = async () => {
    putTimersBack();
    await pglite.close();
  };
  return { pglite, migrations, close };
}

/**
 * Lets timers of no delay come with the next turn of the event loop: axios-retry takes one before
 * each retry. @returns puts the timers back
 */
function replaceEmptyTimers(): () => void {
  const { setTimeout: real } = globalThis;
  const quick = (callback: () => void, milliseconds = 0, ...rest: []) =>
    milliseconds === 0 ? setImmediate(callback) : real(callback, milliseconds, ...rest);
  globalThis.setTimeout = Object.assign(quick, real) as unknown as typeof real;
  return () => {
    globalThis.setTimeout = real;
  };
}
