import { pipeline } from 'node:stream/promises';
import { extract, type Headers } from 'tar-stream';
import { z } from 'zod';
import { ArchiveError, reasonOf } from '../errors.ts';
import type { Bid } from '../model.ts';
import {
  type ArchivedContract,
  type ListingTimes,
  NEEDED_COLUMNS,
  ownerOf,
  toBid,
  toContract,
  toItem,
} from './archive-rows.ts';
import { readCsv } from './csv-rows.ts';
import { ItemStage } from './item-stage.ts';
import { unbzip2 } from './unbzip2.ts';

/** Ten times what an archive of 2026 unpacks to. */
const MAX_UNPACKED_BYTES = 600_000_000;
const MAX_META_BYTES = 65_536;
/** The game itself, not one of its test servers. */
const DATASOURCE = 'tranquility';

const META = z.object({
  datasource: z.string(),
  scrape_start: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
});

/** The bids of an auction. */
export interface BidsOfAuction {
  readonly bids: readonly Bid[];
  /** ESI's time of the last answer. */
  readonly seenAt: Date;
}

/** What an archive tells. */
export interface Archive {
  /** When EVE Ref began to read ESI for it. */
  readonly takenAt: Date;
  /** Each once. */
  readonly contracts: readonly ArchivedContract[];
  /** Only of the contracts that were wanted. None where EVE Ref could not have them. */
  readonly items: Pick<ItemStage, 'of' | 'size'>;
  /** By contract. */
  readonly bids: ReadonlyMap<number, BidsOfAuction>;
  /** Contracts that cannot be read, or whose items cannot. */
  readonly skippedIds: ReadonlySet<number>;
  /** Rows that do not even tell whose they are. */
  readonly unreadableRows: number;
}

/** Whose items are to be kept of the contracts of an archive. */
export type WantItems = (contracts: readonly ArchivedContract[]) => Promise<ReadonlySet<number>>;

/**
 * Reads one archive of EVE Ref's public contracts to its end: bzip2, tar, CSV, in one stream.
 *
 * @throws ArchiveError when it is cut off, broken, or none; nothing of it can be trusted then
 */
export async function readArchive(
  packed: AsyncIterable<Uint8Array>,
  wantItems: WantItems,
  signal: AbortSignal,
): Promise<Archive> {
  const reading = new Reading(wantItems);
  const entries = extract();
  const broken: { error?: unknown } = {};
  const taken = (async () => {
    for await (const entry of entries)
      await reading.take(entry.header, entry as AsyncIterable<Uint8Array>);
  })().catch((error: unknown) => {
    broken.error = error;
    entries.destroy();
  });
  try {
    await pipeline(notEndless(unbzip2(packed)), entries, { signal });
  } catch (error) {
    signal.throwIfAborted();
    await taken;
    throw toArchiveError(broken.error ?? error);
  }
  await taken;
  if (broken.error !== undefined) throw toArchiveError(broken.error);
  return reading.archive();
}

function toArchiveError(error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  return new ArchiveError(`it is no tar: ${reasonOf(error)}`, { cause: error });
}

/** A few bytes of bzip2 can be gigabytes of zeros. */
async function* notEndless(unpacked: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of unpacked) {
    bytes += piece.length;
    if (bytes > MAX_UNPACKED_BYTES) throw new ArchiveError('it unpacks to more than 600 MB');
    yield piece;
  }
}

/** An archive on its way through memory. */
class Reading {
  readonly #wantItems: WantItems;
  #takenAt: Date | undefined;
  readonly #contracts = new Map<number, ArchivedContract>();
  readonly #times: ListingTimes = new Map();
  readonly #items = new ItemStage();
  readonly #bids = new Map<number, { bids: Bid[]; seenAt: Date }>();
  readonly #skippedIds = new Set<number>();
  readonly #taken = new Set<string>();
  #unreadableRows = 0;

  constructor(wantItems: WantItems) {
    this.#wantItems = wantItems;
  }

  /** An entry is known by its name, and never becomes a file: it may be called what it likes. */
  async take({ name, type }: Headers, content: AsyncIterable<Uint8Array>): Promise<void> {
    const read = type === 'file' ? this.#readers[name] : undefined;
    if (read === undefined) return drain(content);
    if (this.#taken.has(name)) throw new ArchiveError(`${name} is in it twice`);
    this.#taken.add(name);
    await read(content);
  }

  archive(): Archive {
    if (this.#takenAt === undefined) throw isNone('meta.json');
    if (!this.#taken.has('contracts.csv')) throw isNone('contracts.csv');
    const skippedIds = this.#skippedIds;
    if (skippedIds.size + this.#unreadableRows > this.#contracts.size / 2) {
      throw new ArchiveError(
        'most of its contracts cannot be read: EVE Ref may have changed its form',
      );
    }
    for (const contractId of skippedIds) this.#contracts.delete(contractId);
    return {
      takenAt: this.#takenAt,
      contracts: [...this.#contracts.values()],
      items: this.#items,
      bids: this.#bids,
      skippedIds,
      unreadableRows: this.#unreadableRows,
    };
  }

  readonly #readers: Readonly<
    Record<string, (content: AsyncIterable<Uint8Array>) => Promise<void>>
  > = {
    'meta.json': async (content) => {
      this.#takenAt = takenAtIn(await textOf(content));
    },
    'contracts.csv': (content) =>
      readCsv('contracts.csv', content, NEEDED_COLUMNS.contracts, (field) => {
        const contract = toContract(field, this.#times);
        if (contract !== undefined) this.#contracts.set(contract.contractId, contract);
        else this.#skip(ownerOf(field));
      }),
    'contract_items.csv': (content) => this.#readItems(content),
    'contract_bids.csv': (content) =>
      readCsv('contract_bids.csv', content, NEEDED_COLUMNS.bids, (field) => {
        const [contractId, row] = [ownerOf(field), toBid(field)];
        if (contractId !== undefined && row !== undefined) this.#addBid(contractId, row);
      }),
  };

  async #readItems(content: AsyncIterable<Uint8Array>): Promise<void> {
    if (!this.#taken.has('contracts.csv'))
      throw new ArchiveError('its items come before its contracts');
    const wanted = await this.#wantItems([...this.#contracts.values()]);
    await readCsv('contract_items.csv', content, NEEDED_COLUMNS.items, (field) => {
      const contractId = ownerOf(field);
      if (contractId === undefined || !wanted.has(contractId)) return;
      const item = toItem(field);
      if (item === undefined) this.#skip(contractId);
      else this.#items.add(contractId, item);
    });
  }

  #addBid(contractId: number, { bid, seenAt }: NonNullable<ReturnType<typeof toBid>>): void {
    const known = this.#bids.get(contractId) ?? { bids: [], seenAt };
    known.bids.push(bid);
    if (seenAt > known.seenAt) known.seenAt = seenAt;
    this.#bids.set(contractId, known);
  }

  #skip(contractId: number | undefined): void {
    if (contractId === undefined) this.#unreadableRows += 1;
    else this.#skippedIds.add(contractId);
  }
}

function isNone(missing: string): ArchiveError {
  return new ArchiveError(`it is no archive of EVE Ref's public contracts: ${missing} is missing`);
}

function takenAtIn(text: string): Date {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ArchiveError(`meta.json is no JSON: ${reasonOf(error)}`, { cause: error });
  }
  const { success, data } = META.safeParse(json);
  if (!success) throw new ArchiveError('meta.json does not tell when the archive was made');
  if (data.datasource === DATASOURCE) return data.scrape_start;
  throw new ArchiveError(`its contracts are of another server than ${DATASOURCE}`);
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > MAX_META_BYTES) throw new ArchiveError('meta.json is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of content);
}
