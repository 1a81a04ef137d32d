import type { Random } from '../../fixtures/local-esi/random.ts';
import type { Afterlife, EsiContract, Universe } from '../../fixtures/local-esi/universe.ts';
import type { Row } from '../support/run-tables.ts';
import type { KnownWorld } from './known-world.ts';

/** Why a contract ended; nobody but the simulation knows. */
type Fate = 'accepted' | 'withdrawn' | 'deleted' | 'repriced' | 'expired';

interface Ending {
  readonly fate: Fate;
  readonly atMs: number;
}

const HOUR_MS = 3_600_000;
const EARLY: readonly Fate[] = ['accepted', 'accepted', 'withdrawn', 'deleted', 'repriced'];
const ACCEPTED: Afterlife = {
  status: 403,
  error: 'Contract accepted by player, requires authorization',
};
const SILENT: readonly Afterlife[] = [
  { status: 404, error: 'Contract not found!' },
  { status: 403, error: 'Contract not public' },
  { status: 200 },
];

/** Gives contracts their ends, lets ESI tell of them or not, and remembers the truth. */
export class Fates {
  readonly #endings = new Map<number, Ending>();
  readonly #known: KnownWorld;
  #lastMs: number;

  constructor(known: KnownWorld, now: Date) {
    this.#known = known;
    this.#lastMs = now.getTime();
  }

  /** What came since the last snapshot: some of it ends soon, some of it is an auction with bids. */
  shape(contractIds: readonly number[], random: Random, now: Date): void {
    const added = new Set(contractIds);
    for (const rows of this.#known.universe.contracts.values()) {
      for (const row of rows.filter(({ contract_id: id }) => added.has(id))) {
        shapeOne(row, this.#known.universe, random, now.getTime());
      }
    }
  }

  /** Contracts that left between the last snapshot and now. */
  end(contractIds: readonly number[], random: Random, now: Date): void {
    for (const contractId of contractIds) {
      const row = this.#known.rows.get(contractId)?.at(-1);
      if (row !== undefined) this.#endOne(row, random, now.getTime());
    }
    this.#lastMs = now.getTime();
  }

  /** What is said of contracts and is not so. */
  falsehoods(contracts: readonly Row[], mayErr: (contractId: number) => boolean): string[] {
    return contracts.flatMap((row) => {
      const contractId = Number(row['contract_id']);
      const ending = this.#endings.get(contractId);
      if (row['status'] === 'outstanding' || ending === undefined || mayErr(contractId)) return [];
      return falsehoodsOf(row, ending).map((fault) => `contract ${contractId}: ${fault}`);
    });
  }

  #endOne(row: EsiContract, random: Random, nowMs: number): void {
    const { universe } = this.#known;
    const expiresMs = Date.parse(row.date_expired);
    const hasExpired = expiresMs <= nowMs;
    const fate = hasExpired ? 'expired' : random.pick(EARLY);
    const someTime = this.#lastMs + 1 + random.next() * (nowMs - this.#lastMs - 1);
    const atMs = hasExpired ? Math.max(expiresMs, this.#lastMs + 1) : someTime;
    this.#endings.set(row.contract_id, { fate, atMs });
    const tells = fate === 'accepted' && random.chance(0.6);
    if (tells) universe.afterlives.set(row.contract_id, ACCEPTED);
    else if (random.chance(0.7)) universe.afterlives.set(row.contract_id, random.pick(SILENT));
    if (fate === 'repriced') listAgain(row, this.#known, random, atMs);
  }
}

function shapeOne(row: EsiContract, universe: Universe, random: Random, nowMs: number): void {
  if (row.type !== 'item_exchange') return;
  if (random.chance(0.3)) {
    row.date_expired = new Date(nowMs + random.next() * 12 * HOUR_MS).toISOString();
  }
  if (!random.chance(0.2)) return;
  Object.assign(row, { type: 'auction', buyout: random.chance(0.5) ? 1e9 : 0 });
  const bids = Array.from({ length: random.int(0, 3) }, (_, index) => ({
    bid_id: row.contract_id * 10 + index,
    amount: (row.price ?? 0) + index + 1,
    date_bid: new Date(nowMs).toISOString(),
  }));
  universe.bids.set(row.contract_id, bids);
}

/** The same issuer, the same items: of some the ids too, of others only their kind. */
function listAgain(row: EsiContract, known: KnownWorld, random: Random, atMs: number): void {
  const { universe } = known;
  const rows = [...universe.contracts.values()].find((each) => each.length > 0) ?? [];
  universe.lastIds.contract += 1;
  const contractId = universe.lastIds.contract;
  const keepsIds = random.chance(0.6);
  const items = (known.items.get(row.contract_id) ?? []).map((item) => {
    universe.lastIds.item += 1;
    universe.lastIds.record += 1;
    const itemId = keepsIds ? item.item_id : universe.lastIds.item;
    const { item_id: _, ...rest } = item;
    return { ...rest, record_id: universe.lastIds.record, ...(itemId && { item_id: itemId }) };
  });
  rows.push({
    ...row,
    contract_id: contractId,
    price: random.chance(0.5) ? (row.price ?? 0) : random.int(1, 1e9),
    date_issued: new Date(atMs).toISOString(),
    date_expired: new Date(atMs + 200 * HOUR_MS).toISOString(),
  });
  if (row.type !== 'courier') universe.items.set(contractId, items);
}

function falsehoodsOf(row: Row, { fate, atMs }: Ending): string[] {
  const { outcome, ended_after: after, ended_before: before } = row;
  const faults: string[] = [];
  if (outcome === 'sold' && fate !== 'accepted') faults.push(`it is sold, and was ${fate}`);
  if (outcome === 'relisted' && fate !== 'repriced') faults.push(`it is relisted, and was ${fate}`);
  // Without a whole second ESI's times are cut off.
  if (after !== null && Date.parse(String(after)) > atMs) faults.push(`it ended before ${after}`);
  if (before !== null && Date.parse(String(before)) + 1000 < atMs)
    faults.push(`it ended after ${before}`);
  return faults;
}

/** Each contract whose end is known has a verdict, once a run has come to its end. */
export function findUndecided(contracts: readonly Row[]): string[] {
  return contracts
    .filter((row) => row['ended_before'] !== null && row['outcome'] === null)
    .map((row) => `contract ${String(row['contract_id'])}: nobody says what became of it`);
}
