import type { Laboratory } from './laboratory.ts';
import type { PartResult } from './report.ts';

/** Where and how large a part measures. */
export interface Conditions {
  readonly laboratory: Laboratory;
  readonly contracts: number;
  /** How often what is compared is repeated; the medians count. */
  readonly rounds: number;
}

/** One part of the benchmark, which can be run alone. */
export interface Part {
  readonly name: string;
  /** Left out of the small benchmark, unless asked for by name. */
  readonly isLong: boolean;
  run(conditions: Conditions): Promise<PartResult>;
}

/** New Eden's contracts of one day hold about 15 types for each 100 of them. */
export function typesFor(contracts: number): number {
  return Math.round(contracts * 0.15);
}
