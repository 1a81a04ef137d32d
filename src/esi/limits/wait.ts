/**
 * What a pass can wait for: `errorBudget` (ESI's error limit is nearly used up, or met), `pause` (an
 * answer asked for it), `tokens` (a token bucket of ESI), `listing` (the next one is about to come) and
 * `retry`.
 */
export type WaitReason = 'errorBudget' | 'pause' | 'tokens' | 'listing' | 'retry';

/** Why nothing goes on just now, and for how long. */
export interface Wait {
  readonly reason: WaitReason;
  /** Of the answer that asked for a pause, where it is known. */
  readonly status?: number | undefined;
  /** By the clock that never jumps. */
  readonly untilMs: number;
}
