import pMap from 'p-map';
import type { Clock } from '../../clock.ts';
import type { SqlExecutor } from '../../database/database.ts';
import { saveGroups } from '../../database/tables/groups.ts';
import { type CachedType, type TypeRow, upsertTypes } from '../../database/tables/types.ts';
import { EsiDownError, EsiError, isStop } from '../../errors.ts';
import type { EsiClient } from '../../esi/client.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { Progress } from '../../terminal/progress.ts';
import type { Store } from '../store.ts';
import type { CategoryIndex } from './category-index.ts';

export const UNKNOWN_TYPE_ERROR = 'ESI does not know this type (404)';

/** Few enough that not much is left when the last contracts come, many for one statement. */
const LOADED_AT_ONCE = 100;

export interface TypeCacheParts {
  readonly esi: Pick<EsiClient, 'itemType'>;
  readonly store: Store;
  readonly categories: CategoryIndex;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: RunReport;
  readonly progress: Pick<Progress, 'typesMet' | 'typeDone'>;
  readonly shipGroupIds: ReadonlySet<number>;
}

/**
 * What the run knows of item types: all that are stored, and those that it meets. A type is asked
 * for once in a run, and stored before a contract is classified with it.
 */
export class TypeCache {
  readonly #parts: TypeCacheParts;
  /** Null for a type that ESI does not know. */
  readonly #groupOfType: Map<number, number | null>;
  readonly #loading = new Map<number, Promise<void>>();
  /** Met, but too few yet to begin with. */
  readonly #expected = new Set<number>();

  constructor(parts: TypeCacheParts, stored: readonly CachedType[]) {
    this.#parts = parts;
    this.#groupOfType = new Map(stored.map(({ typeId, groupId }) => [typeId, groupId]));
  }

  /** Whether a known type belongs to a ship group. */
  readonly isShip = (typeId: number): boolean => this.isShipGroup(this.#groupOfType.get(typeId));

  isShipGroup(groupId: number | null | undefined): boolean {
    return groupId !== null && groupId !== undefined && this.#parts.shipGroupIds.has(groupId);
  }

  /** Whether the run could find out about the type; false means: try again in the next run. */
  readonly isResolved = (typeId: number): boolean => this.#groupOfType.has(typeId);

  /** Begins to load types that will have to be resolved, so that nobody waits for them then. */
  expect(typeIds: Iterable<number>): void {
    const before = this.#expected.size;
    for (const typeId of typeIds) if (this.#isNew(typeId)) this.#expected.add(typeId);
    this.#parts.progress.typesMet(this.#expected.size - before);
    if (this.#expected.size >= LOADED_AT_ONCE) this.#begin(this.#expected);
  }

  /** Fetches and stores the types that are not known yet. */
  async resolve(typeIds: Iterable<number>): Promise<void> {
    const wanted = [...new Set(typeIds)].filter((typeId) => !this.isResolved(typeId));
    this.#begin(wanted.filter(this.#isNew));
    await Promise.all(new Set(wanted.map((typeId) => this.#loading.get(typeId))));
  }

  /** Waits until nothing is loaded any more, whether it succeeded or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#loading.values());
  }

  /** Asks ESI for types; those that fail are reported and left out, as is what comes too late. */
  async fetch(typeIds: readonly number[], onFailure: (typeId: number, error: Error) => void) {
    const rows = await pMap(typeIds, async (typeId) => {
      try {
        return await this.#fetchRow(typeId);
      } catch (error) {
        if (isStop(error)) return undefined;
        if (!(error instanceof EsiError) && !(error instanceof EsiDownError)) throw error;
        onFailure(typeId, error);
        return undefined;
      }
    });
    const found = rows.filter((row) => row !== undefined);
    return this.#withCategories(found);
  }

  /** Takes note of types that are stored now. */
  learn(rows: readonly Pick<TypeRow, 'typeId' | 'groupId'>[]): void {
    for (const { typeId, groupId } of rows) this.#groupOfType.set(typeId, groupId ?? null);
  }

  readonly #isNew = (typeId: number): boolean =>
    !this.isResolved(typeId) && !this.#loading.has(typeId);

  #begin(typeIds: Iterable<number>): void {
    const begun = [...typeIds];
    if (begun.length === 0) return;
    this.#parts.progress.typesMet(begun.filter((typeId) => !this.#expected.has(typeId)).length);
    const loaded = this.#load(begun);
    // Whoever resolves the types sees the failure; until then it must not count as unhandled.
    loaded.catch(() => undefined);
    for (const typeId of begun) {
      this.#loading.set(typeId, loaded);
      this.#expected.delete(typeId);
    }
  }

  async #load(typeIds: readonly number[]): Promise<void> {
    const { report, store } = this.#parts;
    const rows = await this.fetch(typeIds, (typeId, error) => {
      report.types.failed += 1;
      report.fail({ typeId, message: error.message });
    });
    if (rows.length > 0) await store.write((sql) => this.#save(sql, rows));
    this.learn(rows);
    report.types.discovered += rows.length;
  }

  async #save(sql: SqlExecutor, rows: readonly TypeRow[]): Promise<void> {
    await upsertTypes(sql, rows);
    const lastRefreshedAt = this.#parts.clock.now();
    const learned = this.#parts.categories.takeLearned().map((group) => ({
      ...group,
      // A group that only its category told of is still to be asked for.
      lastRefreshedAt: group.published === null ? null : lastRefreshedAt,
      refreshError: null,
    }));
    await saveGroups(sql, learned);
  }

  async #fetchRow(typeId: number): Promise<TypeRow> {
    const { esi, progress } = this.#parts;
    const type = await esi.itemType(typeId).finally(() => {
      // A refresh of what is known is no part of the progress.
      if (this.#loading.has(typeId)) progress.typeDone();
    });
    return {
      ...type,
      typeId,
      isShip: this.isShipGroup(type?.groupId),
      lastRefreshedAt: this.#parts.clock.now(),
      refreshError: type === undefined ? UNKNOWN_TYPE_ERROR : null,
    };
  }

  async #withCategories(rows: readonly TypeRow[]): Promise<TypeRow[]> {
    const { categories } = this.#parts;
    await categories.load(rows.flatMap(({ groupId }) => groupId ?? [])).catch((error: unknown) => {
      // The next run asks for the category; the type is stored without.
      if (!isStop(error)) throw error;
    });
    return rows.map((row) =>
      row.groupId === undefined ? row : { ...row, categoryId: categories.categoryOf(row.groupId) },
    );
  }
}
