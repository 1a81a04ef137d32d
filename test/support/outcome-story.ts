import type { Database } from '../../src/database/database.ts';
import { insertItems } from '../../src/database/tables/contract-items.ts';
import { closeContracts, insertContracts } from '../../src/database/tables/contracts.ts';
import type { OutcomeProgress } from '../../src/database/tables/outcome-progress.ts';
import { beginRun } from '../../src/database/tables/runs.ts';
import { decideOutcomes } from '../../src/pass/outcomes/decide-outcomes.ts';
import { RunReport } from '../../src/report/run-report.ts';
import { newContract, THE_FORGE } from '../database/tables/rows.ts';

export const NOON = new Date('2026-09-08T12:00:00Z');
export const SELLER = 90_000_001;
export const HULL = 1_000_000_000_001;
export const PRICE = 100;

const minutes = (count: number) => new Date(NOON.getTime() + count * 60_000);

export interface Offer {
  readonly id: number;
  /** Minutes after noon. */
  readonly issued: number;
  readonly issuerId?: number;
  readonly itemId?: number;
  readonly typeId?: number;
  readonly quantity?: number;
  readonly price?: number;
}

/** Stores, ends and decides, as runs do one after another. */
export class Story {
  readonly #database: Database;
  run = 0;
  report = new RunReport();

  constructor(database: Database) {
    this.#database = database;
  }

  /** At its first run. */
  static async begin(database: Database): Promise<Story> {
    const story = new Story(database);
    await story.nextRun();
    return story;
  }

  async nextRun(): Promise<void> {
    const id = `00000000-0000-4000-8000-${String(this.run).padStart(12, '0')}`;
    this.run = await beginRun(this.#database.transact, id, NOON);
    this.report = new RunReport();
  }

  async list(...offers: readonly Offer[]): Promise<void> {
    for (const { id, issued, issuerId = SELLER, price = PRICE, ...goods } of offers) {
      const contract = newContract({
        contractId: id,
        regionId: THE_FORGE,
        type: 'item_exchange',
        issuerId,
        price,
        dateIssued: minutes(issued),
        dateExpired: minutes(24 * 60),
        itemsStatus: 'fetched',
        listedIn: this.run,
        changedIn: this.run,
      });
      await insertContracts(this.#database, [contract]);
      const { itemId = id, typeId = 587, quantity = 1 } = goods;
      const item = { recordId: id, typeId, quantity, isIncluded: true, isBlueprintCopy: false };
      const blueprint = { runs: null, materialEfficiency: null, timeEfficiency: null };
      const items = [{ ...item, ...blueprint, itemId }];
      await insertItems(this.#database, [{ contractId: id, items }]);
    }
  }

  /** Contracts that were listed last so many minutes after noon, and half an hour later no more. */
  async end(lastSeen: number, ...ids: readonly number[]): Promise<void> {
    const endedBefore = minutes(lastSeen + 30);
    const vanished = ids.map((contractId) => ({
      contractId,
      status: 'closed' as const,
      endedBefore,
    }));
    const closing = { regionId: THE_FORGE, lastReflected: minutes(lastSeen), now: NOON };
    await closeContracts(this.#database, vanished, { ...closing, runNumber: this.run });
  }

  decide(mayProbe = true): Promise<OutcomeProgress> {
    return decideOutcomes({ ...this.parts(), mayProbe });
  }

  /** What the stages of the run work with. */
  parts() {
    return {
      store: { read: this.#database, write: this.#database.transact, runNumber: this.run },
      report: this.report,
      clock: { monotonicMs: () => 0 },
      signal: new AbortController().signal,
      timeIsUp: new AbortController().signal,
      batchRows: 2,
      logger: { info: () => undefined } as never,
      mayProbe: true,
    };
  }

  async outcomes(): Promise<Record<number, unknown>> {
    const rows = await this.#database.query<{ id: number; outcome: unknown; next: number | null }>(
      `SELECT contract_id::integer AS id, outcome, successor_id::integer AS next FROM contracts
       WHERE status <> 'outstanding' ORDER BY 1`,
    );
    return Object.fromEntries(
      rows.map(({ id, outcome, next }) => [id, next === null ? outcome : [outcome, next]]),
    );
  }
}
