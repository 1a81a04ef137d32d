import type { StarMap } from '../../database/tables/courier-routes.ts';

/** High security by the raw status (FACTS §11.11). */
const HIGH_SECURITY = 0.45;

/** The way from one system to another. */
export interface Way {
  /** Of the shortest way; null where there is none. */
  readonly jumps: number | null;
  /** Of the shortest way through systems of high security alone, both ends among them. */
  readonly jumpsHighSec: number | null;
  /** The lowest security status on the shortest way, both ends included; the safest of several. */
  readonly minSecurity: number | null;
}

type Neighbours = ReadonlyMap<number, readonly number[]>;

/** Finds ways on one map. */
export class WayFinder {
  readonly #security: StarMap['security'];
  readonly #all: Neighbours;
  readonly #high: Neighbours;

  constructor({ security, gates }: StarMap) {
    this.#security = security;
    this.#all = neighboursOf(gates);
    const isHigh = (systemId: number) => (security.get(systemId) ?? -1) >= HIGH_SECURITY;
    this.#high = neighboursOf(gates.filter(([from, to]) => isHigh(from) && isHigh(to)));
  }

  /** The ways from a system to others, in their order. */
  ways(start: number, ends: readonly number[]): Way[] {
    const all = this.#spread(start, this.#all);
    const high = this.#isHigh(start) ? this.#spread(start, this.#high) : new Map<number, Reached>();
    return ends.map((end) => {
      const reached = all.get(end);
      return {
        jumps: reached?.jumps ?? null,
        jumpsHighSec: high.get(end)?.jumps ?? null,
        minSecurity: reached?.minSecurity ?? null,
      };
    });
  }

  #isHigh(systemId: number): boolean {
    return (this.#security.get(systemId) ?? -1) >= HIGH_SECURITY;
  }

  /** Jump by jump: what is reached first is reached by the shortest way. */
  #spread(start: number, neighbours: Neighbours): ReadonlyMap<number, Reached> {
    const reached = new Map<number, Reached>();
    let front = new Map([[start, this.#security.get(start) ?? null]]);
    for (let jumps = 0; front.size > 0; jumps += 1) {
      for (const [systemId, minSecurity] of front) reached.set(systemId, { jumps, minSecurity });
      front = this.#next(front, neighbours, reached);
    }
    return reached;
  }

  #next(
    front: ReadonlyMap<number, number | null>,
    neighbours: Neighbours,
    reached: ReadonlyMap<number, Reached>,
  ): Map<number, number | null> {
    const next = new Map<number, number | null>();
    for (const [from, lowest] of front) {
      for (const to of neighbours.get(from) ?? []) {
        if (reached.has(to)) continue;
        const onThisWay = lower(lowest, this.#security.get(to) ?? null);
        const before = next.get(to);
        next.set(to, before === undefined ? onThisWay : higher(before, onThisWay));
      }
    }
    return next;
  }
}

interface Reached {
  readonly jumps: number;
  readonly minSecurity: number | null;
}

function neighboursOf(gates: StarMap['gates']): Neighbours {
  const neighbours = new Map<number, number[]>();
  for (const [from, to] of gates) {
    const known = neighbours.get(from);
    if (known === undefined) neighbours.set(from, [to]);
    else known.push(to);
  }
  return neighbours;
}

/** Of a way through a system whose security is not known, nothing is known. */
function lower(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.min(one, other);
}

/** Of two ways the safer one, as far as it is known. */
function higher(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.max(one, other);
}
