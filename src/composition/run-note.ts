import { readFile, writeFile } from 'node:fs/promises';
import { DAY_MS } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { readStatusFacts, type StatusFacts } from '../database/queries/status-queries.ts';
import { LockHeldError } from '../errors.ts';
import { replaceFile } from '../files/replace-file.ts';
import type { RunReport } from '../report/run-report.ts';
import { formatNumber } from '../terminal/numbers.ts';
import { minuteOf } from '../terminal/times.ts';
import { readVersion } from '../version.ts';
import type { CommandContext } from './command-context.ts';
import { placesIn } from './data-directory.ts';

const WRITTEN_EVERY_MS = 5000;
/** A run that tells nothing for so long was killed. */
const BELIEVED_FOR_MS = 60_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * What a run leaves beside the embedded database, which nobody else can open while it works. A file
 * of JSON, replaced as a whole.
 */
export interface RunNote {
  /** The version that wrote it: another may mean something else. */
  readonly version: string;
  readonly isAtWork: boolean;
  readonly startedAt: Date;
  readonly writtenAt: Date;
  readonly regions: Pick<RunReport['regions'], 'total' | 'succeeded' | 'failed'>;
  readonly contracts: Pick<RunReport['contracts'], 'inserted'>;
  /** What `status` tells, as of `writtenAt`. */
  readonly facts: StatusFacts;
}

/** The note of the last run; undefined where there is none that this version understands. */
export async function readRunNote(dataDir: string | undefined): Promise<RunNote | undefined> {
  try {
    const text = await readFile(placesIn(dataDir).runNote, 'utf8');
    const note = JSON.parse(text, (_, value: unknown) =>
      typeof value === 'string' && TIME.test(value) ? new Date(value) : value,
    ) as RunNote;
    return note.version === readVersion() ? note : undefined;
  } catch {
    return undefined;
  }
}

/** The note of a run that is at work now. */
async function findRunAtWork(dataDir: string | undefined, now: Date): Promise<RunNote | undefined> {
  const note = await readRunNote(dataDir);
  if (note?.isAtWork !== true) return undefined;
  return now.getTime() - note.writtenAt.getTime() <= BELIEVED_FOR_MS ? note : undefined;
}

/** @throws LockHeldError that says since when a run is at work, and how far it is */
export async function assertNoRunAtWork(dataDir: string | undefined, now: Date): Promise<void> {
  const note = await findRunAtWork(dataDir, now);
  if (note === undefined) return;
  const { startedAt, regions, contracts } = note;
  const done = regions.succeeded + regions.failed;
  const hasBegun = regions.total > 0;
  const soFar = `${formatNumber(done)} of ${formatNumber(regions.total)} regions done, ${formatNumber(contracts.inserted)} new contracts stored`;
  throw new LockHeldError(
    `a run has been at work in the embedded database since ${minuteOf(startedAt)} UTC (${hasBegun ? soFar : 'it reads the listings'}): try again when it has ended`,
  );
}

/**
 * Keeps the note of a run up to date while it works; a note that cannot be written harms no run.
 *
 * @returns writes the last one; to be called while the database is still open
 */
export async function keepRunNote(
  { config, clock, logger }: CommandContext,
  { report, startedAt }: { readonly report: RunReport; readonly startedAt: Date },
  database: Database,
): Promise<() => Promise<void>> {
  if (config.DATABASE_URL !== undefined) return async () => {};
  const path = placesIn(config.DATA_DIR).runNote;
  const version = readVersion();
  let isAtWork = true;
  let cancel = () => {};
  const write = async () => {
    try {
      const now = clock.now();
      const freshSince = new Date(now.getTime() - config.TYPE_REFRESH_DAYS * DAY_MS);
      const facts = await readStatusFacts(database, now, freshSince);
      const { regions, contracts } = report;
      const note: RunNote = {
        version,
        isAtWork,
        startedAt,
        writtenAt: now,
        regions,
        contracts,
        facts,
      };
      const text = `${JSON.stringify(note)}\n`;
      await replaceFile(path, `${path}.draft`, (draft) => writeFile(draft, text, { mode: 0o600 }));
    } catch (error) {
      logger.debug({ error }, 'the note for readers keeps what it told');
    }
  };
  const writeAgainLater = () => {
    cancel = clock.schedule(WRITTEN_EVERY_MS, () => {
      writing = write().then(() => (isAtWork ? writeAgainLater() : undefined));
    });
  };
  let writing = write();
  await writing;
  writeAgainLater();
  return async () => {
    isAtWork = false;
    cancel();
    await writing;
    await write();
  };
}
