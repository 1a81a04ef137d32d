import { type ArchiveSource, type OpenedArchive, sourceId } from '../archive/archive-source.ts';
import { readArchive } from '../archive/read-archive.ts';
import { importedEtag, saveImport } from '../database/tables/imported-contracts.ts';
import { cachedTypes } from '../database/tables/types.ts';
import { ArchiveError } from '../errors.ts';
import type { RegionChoice } from '../model.ts';
import { decideOutcomes } from '../pass/outcomes/decide-outcomes.ts';
import { priceDays } from '../pass/outcomes/price-days.ts';
import { ArchiveImporter } from './import-archive.ts';
import type { ImportParts } from './import-parts.ts';
import type { ImportProgress } from './import-progress.ts';

/** Archives that are on their way while one is stored: each takes 6 MB. */
const OPENED_AHEAD = 3;

/** What an import works with. */
export interface ImportingParts extends Omit<ImportParts, 'types'> {
  readonly progress: ImportProgress;
  readonly timeIsUp: AbortSignal;
}

/** What became of the archives. */
export interface ImportedArchives {
  imported: number;
  /** Not changed since they were imported. */
  unchanged: number;
  /** Older than what archives of the same time told. */
  old: number;
  /** Cut off, broken, foreign, or not to be had: nothing of them was stored. */
  failed: number;
}

type Opened = OpenedArchive | undefined | ArchiveError;

/**
 * Imports archives one after the other, in their order, then decides what became of the contracts
 * that ended in them. An archive that cannot be read changes nothing, and the next one is taken.
 *
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function importArchives(
  sources: readonly ArchiveSource[],
  choice: RegionChoice,
  parts: ImportingParts,
): Promise<ImportedArchives> {
  const counts = { imported: 0, unchanged: 0, old: 0, failed: 0 };
  const known = await cachedTypes(parts.store.read);
  const ships = new Map(known.map(({ typeId, isShip }) => [typeId, isShip]));
  const types = {
    isResolved: (typeId: number) => ships.has(typeId),
    isShip: (typeId: number) => ships.get(typeId) === true,
  };
  for await (const { source, opened } of openedAhead(sources, parts)) {
    const what = await importOne(source, opened, choice, { ...parts, types });
    counts[what] += 1;
    parts.progress.done();
  }
  // Contracts of the past are not asked about.
  const deciding = { ...parts, mayProbe: false };
  await priceDays(await decideOutcomes(deciding), deciding);
  return counts;
}

async function importOne(
  source: ArchiveSource,
  opened: Opened,
  choice: RegionChoice,
  parts: ImportParts & Pick<ImportingParts, 'progress'>,
): Promise<keyof ImportedArchives> {
  const { store, clock, logger, signal, report, progress } = parts;
  const archive = source.name;
  if (opened === undefined) return 'unchanged';
  const importer = new ArchiveImporter(parts, choice);
  try {
    if (opened instanceof ArchiveError) throw opened;
    progress.begin(source);
    const read = await readArchive(progress.counted(opened.packed), importer.wantItems, signal);
    const before = report.contracts.inserted;
    const contracts = await importer.store(read);
    const row = {
      source: sourceId(source),
      etag: opened.etag ?? null,
      takenAt: read.takenAt,
      importedAt: clock.now(),
      importedIn: store.runNumber,
      contracts: contracts ?? 0,
      inserted: report.contracts.inserted - before,
    };
    await store.write((sql) => saveImport(sql, [row]));
    if (contracts === undefined)
      logger.warn({ archive }, 'the archive is older than what is stored');
    return contracts === undefined ? 'old' : 'imported';
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const message = error.message.startsWith(archive)
      ? error.message
      : `${archive}: ${error.message}`;
    report.fail({ message });
    logger.error({ archive, error }, 'the archive is not imported');
    return 'failed';
  }
}

/** Several are asked for at a time, and come in their order. */
async function* openedAhead(
  sources: readonly ArchiveSource[],
  parts: ImportingParts,
): AsyncGenerator<{ readonly source: ArchiveSource; readonly opened: Opened }> {
  const waiting = [...sources];
  const underWay: { source: ArchiveSource; opening: Promise<Opened> }[] = [];
  const begin = () => {
    const source = waiting.shift();
    if (source === undefined) return;
    const opening = open(source, parts);
    // It may fail before its turn, or never have one.
    opening.catch(() => undefined);
    underWay.push({ source, opening });
  };
  for (let ahead = 0; ahead < OPENED_AHEAD; ahead += 1) begin();
  for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) {
    parts.signal.throwIfAborted();
    if (parts.timeIsUp.aborted) {
      parts.report.ranOutOfTime = true;
      return;
    }
    const opened = await next.opening;
    begin();
    yield { source: next.source, opened };
  }
}

async function open(source: ArchiveSource, { store, signal }: ImportingParts): Promise<Opened> {
  try {
    return await source.open(await importedEtag(store.read, sourceId(source)), signal);
  } catch (error) {
    if (error instanceof ArchiveError) return error;
    throw error;
  }
}
