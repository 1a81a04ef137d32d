import pMap from 'p-map';
import type { GroupFacts } from '../../database/tables/groups.ts';
import { type EsiClient, unlessEsiFails } from '../../esi/client.ts';

/**
 * CCP's static data know all groups but the newest. Where that does not hold, who meets more unknown
 * ones than this meets so many in the end that the categories, 48 on 2026-03-12, are the cheaper
 * question.
 */
const GROUPS_ASKED_ALONE = 24;
/** Categories are not worth more of the error budget. */
const MAX_FAILED = 3;
const ASKED_AT_ONCE = 8;

/**
 * Knows the category of each group, which the type route does not tell. It asks for a few groups
 * one by one, and then for all categories: never more than 73 requests, whatever the universe.
 */
export class CategoryIndex {
  readonly #esi: EsiClient;
  readonly #categoryOfGroup: Map<number, number>;
  #groupsAsked = 0;
  #failed = 0;
  #allAsked: Promise<void> | undefined;
  #learned: GroupFacts[] = [];
  readonly #asking = new Map<number, Promise<void>>();

  constructor(esi: EsiClient, known: Iterable<readonly [number, number]>) {
    this.#esi = esi;
    this.#categoryOfGroup = new Map(known);
  }

  /** Null when ESI does not tell; the type is usable without it. */
  categoryOf(groupId: number): number | null {
    return this.#categoryOfGroup.get(groupId) ?? null;
  }

  /** Groups that were learned since this was asked last, to be stored. */
  takeLearned(): readonly GroupFacts[] {
    const learned = this.#learned;
    this.#learned = [];
    return learned;
  }

  /** Makes sure that the groups are known, as far as ESI tells. */
  async load(groupIds: Iterable<number>): Promise<void> {
    let missing = this.#missing(groupIds);
    if (this.#groupsAsked + missing.length > GROUPS_ASKED_ALONE) {
      this.#allAsked ??= this.#loadCategories();
      await this.#allAsked;
      missing = this.#missing(missing);
    }
    await pMap(missing, (groupId) => this.#loadOnce(groupId), { concurrency: ASKED_AT_ONCE });
  }

  #missing(groupIds: Iterable<number>): number[] {
    return [...new Set(groupIds)].filter((groupId) => !this.#categoryOfGroup.has(groupId));
  }

  async #loadCategories(): Promise<void> {
    const categoryIds = await this.#ask(() => this.#esi.categoryIds());
    const load = async (categoryId: number) => {
      const category = await this.#ask(() => this.#esi.category(categoryId));
      for (const groupId of category?.groupIds ?? []) {
        if (this.#categoryOfGroup.has(groupId)) continue;
        this.#learn({ groupId, name: null, categoryId, published: null });
      }
    };
    await pMap(categoryIds ?? [], load, { concurrency: ASKED_AT_ONCE });
  }

  #loadOnce(groupId: number): Promise<void> {
    const asking = this.#asking.get(groupId) ?? this.#loadGroup(groupId);
    this.#asking.set(groupId, asking);
    return asking;
  }

  async #loadGroup(groupId: number): Promise<void> {
    this.#groupsAsked += 1;
    const group = await this.#ask(() => this.#esi.group(groupId));
    if (group !== undefined) this.#learn(group);
  }

  #learn(group: GroupFacts & { readonly categoryId: number }): void {
    this.#categoryOfGroup.set(group.groupId, group.categoryId);
    this.#learned.push(group);
  }

  async #ask<T>(request: () => Promise<T>): Promise<T | undefined> {
    if (this.#failed >= MAX_FAILED) return undefined;
    const answer = await unlessEsiFails(request);
    if (answer === undefined) this.#failed += 1;
    return answer;
  }
}
