import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, inject } from 'vitest';
import { readMigrations } from '../../src/database/open/migrations.ts';
import { openEmbeddedSession } from '../../src/database/session/embedded-session.ts';
import type { ReadSession } from '../../src/database/session/read-session.ts';
import { openServerSession } from '../../src/database/session/server-session.ts';
import { createServerDatabase, executeOn } from './databases.ts';
import { prepareEmbedded } from './pristine-pglite.ts';

interface Opened {
  readonly session: ReadSession;
  end(): Promise<void>;
}

/** Opens a session with a migrated database, in which the statements were run. */
type Open = (statements?: readonly string[], signal?: AbortSignal) => Promise<ReadSession>;

/** Runs a suite with sessions of each kind, which end with each test. */
export function onEachSession(subject: string, suite: (open: Open) => void): void {
  describe(`${subject} on PGlite`, () => suite(closing(openEmbedded)));
  const isAvailable = inject('postgresUrl') !== null;
  describe.skipIf(!isAvailable)(`${subject} on PostgreSQL`, () => suite(closing(openOnServer)));
}

function closing(
  open: (statements: readonly string[], signal: AbortSignal) => Promise<Opened>,
): Open {
  const opened: Opened[] = [];
  afterEach(async () => {
    for (const { end } of opened.splice(0)) await end();
  });
  return async (statements = [], signal = new AbortController().signal) => {
    const one = await open(statements, signal);
    opened.push(one);
    return one.session;
  };
}

async function openEmbedded(statements: readonly string[], signal: AbortSignal): Promise<Opened> {
  const migrations = [...(await migrationTexts()), ...statements];
  const dataDir = await mkdtemp(join(tmpdir(), 'contracts-agg-session-'));
  await prepareEmbedded(dataDir);
  const session = openEmbeddedSession({ folder: join(dataDir, 'pgdata'), migrations }, signal);
  const end = async () => {
    await session.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { session, end };
}

async function openOnServer(statements: readonly string[], signal: AbortSignal): Promise<Opened> {
  const { url, drop } = await createServerDatabase();
  for (const text of [...(await migrationTexts()), ...statements]) await executeOn(url, text);
  const session = await openServerSession({ url, signal });
  const end = async () => {
    await session.close();
    await drop();
  };
  return { session, end };
}

async function migrationTexts(): Promise<string[]> {
  return (await readMigrations()).map(({ sql }) => sql);
}
