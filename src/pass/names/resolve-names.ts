import { type Clock, DAY_MS } from '../../clock.ts';
import {
  findNameless,
  type NameRow,
  saveNames,
  staleNameIds,
} from '../../database/tables/names.ts';
import { type EsiClient, NAMES_AT_ONCE, type NamedId } from '../../esi/client.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { RequestBudget } from '../request-budget.ts';
import type { Store } from '../store.ts';

const UNKNOWN_ID_ERROR = 'ESI does not know this id (404)';
const NOT_TOLD_ERROR = 'ESI did not tell of this id';
/** A 404 costs one of 100 errors a minute (FACTS §4); an id that is dead costs about ten. */
const MAX_REFUSALS = 30;
/** To one dead id among 1,000 it takes eleven: an ESI that refuses so many more names nobody. */
const MAX_REFUSALS_IN_A_ROW = 24;
/** Ids that ESI did not know are asked for again alone, a few a run. */
const DEAD_AT_ONCE = 5;

export interface NamingParts {
  readonly store: Store;
  readonly esi: Pick<EsiClient, 'names'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: Pick<RunReport, 'names'>;
}

/**
 * Asks ESI for the names of issuers and their corporations, those of the newest contracts first. What
 * is had is stored at once.
 *
 * @throws EsiError, EsiDownError, OutOfTimeError
 */
export async function resolveNames(parts: NamingParts, budget: RequestBudget): Promise<void> {
  const { store, report } = parts;
  const questions = new Questions(parts, budget);
  const { missing, ids } = await findNameless(store.read, budget.left * NAMES_AT_ONCE);
  report.names.missing = missing;
  for (const batch of batchesOf(ids)) {
    const named = await questions.askAndStore(batch);
    report.names.resolved += named;
    report.names.missing -= named;
  }
}

/**
 * Asks once more for the oldest names, 1,000 a run, and for a few of the ids that ESI did not know.
 *
 * @param maxAgeDays those older than this
 * @throws EsiError, EsiDownError, OutOfTimeError
 */
export async function refreshNames(
  parts: NamingParts,
  budget: RequestBudget,
  maxAgeDays: number,
): Promise<void> {
  const { store, clock, report } = parts;
  const questions = new Questions(parts, budget);
  const before = new Date(clock.now().getTime() - maxAgeDays * DAY_MS);
  const stale = await staleNameIds(store.read, before, false, NAMES_AT_ONCE);
  if (stale.length > 0) await questions.askAndStore(stale);
  for (const id of await staleNameIds(store.read, before, true, DEAD_AT_ONCE)) {
    const named = await questions.askAndStore([id]);
    report.names.resolved += named;
  }
}

function* batchesOf(ids: readonly number[]): Iterable<readonly number[]> {
  for (let at = 0; at < ids.length; at += NAMES_AT_ONCE) yield ids.slice(at, at + NAMES_AT_ONCE);
}

/** What one run asks, within its budget and ESI's patience. */
class Questions {
  readonly #parts: NamingParts;
  readonly #budget: RequestBudget;
  #refusals = 0;
  #refusalsInARow = 0;

  constructor(parts: NamingParts, budget: RequestBudget) {
    this.#parts = parts;
    this.#budget = budget;
  }

  /** @returns how many names came */
  async askAndStore(ids: readonly number[]): Promise<number> {
    const { store } = this.#parts;
    const rows: NameRow[] = [];
    try {
      await this.#ask(ids, rows);
    } finally {
      if (rows.length > 0) await store.write((sql) => saveNames(sql, rows));
    }
    return rows.filter(({ name }) => name !== null).length;
  }

  /** Halves, until what ESI does not know is alone. */
  async #ask(ids: readonly number[], rows: NameRow[]): Promise<void> {
    if (!this.#mayAsk()) return;
    const answer = await this.#parts.esi.names(ids);
    if (answer !== undefined) {
      this.#refusalsInARow = 0;
      rows.push(...this.#rowsOf(ids, new Map(answer.map((named) => [named.id, named]))));
      return;
    }
    this.#refusals += 1;
    this.#refusalsInARow += 1;
    const middle = Math.ceil(ids.length / 2);
    if (ids.length === 1) rows.push(...this.#rowsOf(ids, new Map(), UNKNOWN_ID_ERROR));
    else {
      await this.#ask(ids.slice(0, middle), rows);
      await this.#ask(ids.slice(middle), rows);
    }
  }

  #mayAsk(): boolean {
    if (this.#refusals >= MAX_REFUSALS || this.#refusalsInARow >= MAX_REFUSALS_IN_A_ROW)
      return false;
    return this.#budget.take();
  }

  #rowsOf(
    ids: readonly number[],
    named: ReadonlyMap<number, NamedId>,
    error = NOT_TOLD_ERROR,
  ): NameRow[] {
    const lastRefreshedAt = this.#parts.clock.now();
    return ids.map((id) => {
      const { name = null, category = null } = named.get(id) ?? {};
      return { id, name, category, lastRefreshedAt, refreshError: name === null ? error : null };
    });
  }
}
