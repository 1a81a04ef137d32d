import type { Claims } from './claims.ts';
import type { SharedBudget } from './shared-budget.ts';

/** What a run has to do with the other shards; nothing at all for a run that does the whole pass. */
export interface Sharing {
  readonly claims: Claims;
  readonly budget: SharedBudget | undefined;
  /** Of this process; 0 = no such limit. */
  readonly maxRequestsPerSecond: number;
}
