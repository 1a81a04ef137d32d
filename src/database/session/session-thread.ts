import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { FolderPglite } from '../open/folder-pglite.ts';
import { answerRequests } from './embedded-requests.ts';

/** What the thread is to open. */
export interface EmbeddedPlace {
  /** Of the database; undefined for an empty one in memory. */
  readonly folder: string | undefined;
  /** Statements of the migrations that the one in memory gets. */
  readonly migrations: readonly string[];
}

/**
 * The thread of a session with the embedded database. PGlite works in the thread that asks it, and
 * nothing can interrupt it there: here it can be ended, and whoever waits still hears a signal.
 */
async function openAndAnswer({ folder, migrations }: EmbeddedPlace): Promise<void> {
  const pglite = folder === undefined ? await PGlite.create() : await FolderPglite.open(folder);
  for (const sql of migrations) await pglite.exec(sql);
  if (parentPort === null) throw new Error('this is no thread');
  await answerRequests(pglite, parentPort);
}

await openAndAnswer(workerData);
