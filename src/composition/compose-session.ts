import type { ReadSession } from '../database/session/read-session.ts';
import { exists } from '../files/existing.ts';
import type { SessionUse } from './adapters.ts';
import type { CommandContext } from './command-context.ts';
import { hasOurTables, using } from './compose-database.ts';
import { placesIn } from './data-directory.ts';

/**
 * Opens a session with the stored database for as long as work lasts. Where no table of ours is there
 * yet, an empty database in memory stands in.
 *
 * @throws LockHeldError when a run is at work in the embedded database; DatabaseError for tables of
 *   another version
 */
export async function withReadSession<T>(
  context: CommandContext,
  use: SessionUse,
  work: (session: ReadSession) => Promise<T>,
): Promise<T> {
  const { adapters, config, clock } = context;
  const isServer = config.DATABASE_URL !== undefined;
  if (!isServer && !(await exists(placesIn(config.DATA_DIR).database))) {
    return withEmpty(context, use, work);
  }
  return using(await adapters.openSession(config, clock, use), async (session) => {
    const isThere = await hasOurTables(session, await adapters.readMigrations());
    return isThere ? work(session) : withEmpty(context, use, work);
  });
}

async function withEmpty<T>(
  { adapters, logger }: CommandContext,
  { signal }: SessionUse,
  work: (session: ReadSession) => Promise<T>,
): Promise<T> {
  logger.warn('nothing is stored yet: `contracts-agg run` fills the tables');
  const { openEmbeddedSession } = await import('../database/session/embedded-session.ts');
  const migrations = (await adapters.readMigrations()).map(({ sql }) => sql);
  return using(openEmbeddedSession({ folder: undefined, migrations }, signal), work);
}
