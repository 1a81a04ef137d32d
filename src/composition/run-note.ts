import { readFile, writeFile } from 'node:fs/promises';
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
/** A run that has told nothing for so long may have been killed: readers wait for the lock instead. */
const BELIEVED_FOR_MS = 15_000;
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
 * Keeps the note of a run up to date while it works, where the database is embedded.
 *
 * @returns writes the last one; to be called while the database is still open
 */
export async function keepRunNote(
  context: CommandContext,
  run: TellingRun,
  database: Database,
): Promise<() => Promise<void>> {
  if (context.config.DATABASE_URL !== undefined) return async () => {};
  const keeper = new RunNoteKeeper(context, run, database);
  await keeper.begin();
  return () => keeper.end();
}

/** What a run tells of itself. */
interface TellingRun {
  readonly report: RunReport;
  readonly startedAt: Date;
}

/** A note that cannot be written harms no run. */
class RunNoteKeeper {
  readonly #context: CommandContext;
  readonly #run: TellingRun;
  readonly #database: Database;
  readonly #path: string;
  #isAtWork = true;
  #written: Promise<void> = Promise.resolve();
  #cancel = () => {};

  constructor(context: CommandContext, run: TellingRun, database: Database) {
    this.#context = context;
    this.#run = run;
    this.#database = database;
    this.#path = placesIn(context.config.DATA_DIR).runNote;
  }

  async begin(): Promise<void> {
    await this.#write();
    this.#writeAgainLater();
  }

  async end(): Promise<void> {
    this.#isAtWork = false;
    this.#cancel();
    await this.#written;
    await this.#write();
  }

  #writeAgainLater(): void {
    this.#cancel = this.#context.clock.schedule(WRITTEN_EVERY_MS, () => {
      this.#written = this.#write().then(() => {
        if (this.#isAtWork) this.#writeAgainLater();
      });
    });
  }

  async #write(): Promise<void> {
    try {
      const text = `${JSON.stringify(await this.#note())}\n`;
      const write = (draft: string) => writeFile(draft, text, { mode: 0o600 });
      await replaceFile(this.#path, `${this.#path}.draft`, write);
    } catch (error) {
      this.#context.logger.debug({ error }, 'the note for readers keeps what it told');
    }
  }

  async #note(): Promise<RunNote> {
    const { clock, config } = this.#context;
    const { report, startedAt } = this.#run;
    const writtenAt = clock.now();
    const facts = await readStatusFacts(this.#database, writtenAt, config.TYPE_REFRESH_DAYS);
    const { regions, contracts } = report;
    const version = readVersion();
    return { version, isAtWork: this.#isAtWork, startedAt, writtenAt, regions, contracts, facts };
  }
}
