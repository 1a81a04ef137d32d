import type { EsiContract, EsiItem, Universe } from '../../fixtures/local-esi/universe.ts';

/** What a simulation knows to be true, beyond what ESI shows at the moment. */
export class KnownWorld {
  readonly universe: Universe;
  /** Every contract that there ever was → its items. */
  readonly items = new Map<number, readonly EsiItem[]>();
  /** Every contract that there ever was → all forms in which it was listed. */
  readonly rows = new Map<number, EsiContract[]>();
  /** Contracts that went to another region. */
  readonly moved = new Set<number>();
  /** Contracts that left, for whatever reason. */
  readonly left = new Set<number>();

  constructor(universe: Universe) {
    this.universe = universe;
    this.observe();
  }

  /** Takes note of what there is now. */
  observe(): void {
    for (const rows of this.universe.contracts.values()) {
      for (const row of rows) {
        const forms = this.rows.get(row.contract_id) ?? [];
        if (forms.at(-1) !== row) forms.push(row);
        this.rows.set(row.contract_id, forms);
        const items = this.universe.items.get(row.contract_id);
        if (items !== undefined) this.items.set(row.contract_id, [...items]);
      }
    }
  }

  hasItems(contractId: number): boolean {
    return this.items.has(contractId);
  }
}
