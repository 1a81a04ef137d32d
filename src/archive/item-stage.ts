import type { ContractItem } from '../model.ts';

/** How an item's numbers lie beside each other; NaN where ESI sent none. */
const FIELDS = [
  'recordId',
  'typeId',
  'quantity',
  'itemId',
  'runs',
  'materialEfficiency',
  'timeEfficiency',
] as const satisfies readonly (keyof ContractItem)[];
const WIDTH = FIELDS.length;
const FIRST_CAPACITY = 4096;

const IS_INCLUDED = 1;
const IS_BLUEPRINT_COPY = 2;

/**
 * The items of an archive, which come in the order of their records and are wanted by contract. As
 * objects, half a million of them would take 100 MB; here they take a third.
 */
export class ItemStage {
  #count = 0;
  #owners = new Float64Array(FIRST_CAPACITY);
  #numbers = new Float64Array(FIRST_CAPACITY * WIDTH);
  #flags = new Uint8Array(FIRST_CAPACITY);
  #order: Uint32Array | undefined;

  get size(): number {
    return this.#count;
  }

  add(contractId: number, item: ContractItem): void {
    const index = this.#count;
    if (index === this.#owners.length) this.#grow();
    this.#owners[index] = contractId;
    for (const [offset, field] of FIELDS.entries()) {
      this.#numbers[index * WIDTH + offset] = item[field] ?? Number.NaN;
    }
    this.#flags[index] =
      (item.isIncluded ? IS_INCLUDED : 0) | (item.isBlueprintCopy ? IS_BLUEPRINT_COPY : 0);
    this.#count += 1;
    this.#order = undefined;
  }

  /** The items of a contract, in the order of their records; none where the archive has none. */
  of(contractId: number): ContractItem[] {
    this.#order ??= this.#sorted();
    const items: ContractItem[] = [];
    for (let at = this.#firstOf(contractId, this.#order); at < this.#count; at += 1) {
      const index = this.#order[at] ?? 0;
      if (this.#owners[index] !== contractId) break;
      items.push(this.#item(index));
    }
    return items;
  }

  #item(index: number): ContractItem {
    const number = (offset: number) => this.#numbers[index * WIDTH + offset] ?? Number.NaN;
    const orNull = (offset: number) => (Number.isNaN(number(offset)) ? null : number(offset));
    const flags = this.#flags[index] ?? 0;
    return {
      recordId: number(0),
      typeId: number(1),
      quantity: number(2),
      itemId: orNull(3),
      runs: orNull(4),
      materialEfficiency: orNull(5),
      timeEfficiency: orNull(6),
      isIncluded: (flags & IS_INCLUDED) !== 0,
      isBlueprintCopy: (flags & IS_BLUEPRINT_COPY) !== 0,
    };
  }

  /** Indexes by contract, then as they came. */
  #sorted(): Uint32Array {
    const owners = this.#owners;
    const order = Uint32Array.from({ length: this.#count }, (_, index) => index);
    return order.sort((a, b) => (owners[a] ?? 0) - (owners[b] ?? 0) || a - b);
  }

  /** By halves. */
  #firstOf(contractId: number, order: Uint32Array): number {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#owners[order[middle] ?? 0] ?? 0) < contractId) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const capacity = Math.ceil(this.#owners.length * 1.5);
    this.#owners = extended(this.#owners, new Float64Array(capacity));
    this.#numbers = extended(this.#numbers, new Float64Array(capacity * WIDTH));
    this.#flags = extended(this.#flags, new Uint8Array(capacity));
  }
}

function extended<A extends Float64Array | Uint8Array>(before: A, larger: A): A {
  larger.set(before);
  return larger;
}
