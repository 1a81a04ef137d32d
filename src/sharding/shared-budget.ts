/** What the other shards know of ESI's limits. */
export interface BudgetNews {
  /** Milliseconds for which nobody may ask ESI. */
  readonly pauseMs: number;
  /** Errors of all shards in the current window of the error limit. */
  readonly errors: number;
  /** Milliseconds until that window ends. */
  readonly windowMs: number;
}

/** The answer to who wants to send a request. */
export interface Reservation extends BudgetNews {
  /** Milliseconds until the start that was handed out; undefined when there is none to be had now. */
  readonly startMs: number | undefined;
  /** Without a start: milliseconds until it is worth asking again. */
  readonly askAgainMs: number;
}

/** What an answer of ESI means for all shards. */
export interface BudgetReport {
  readonly pauseMs: number;
  /** Errors to add to those of all shards; 0 where ESI counts itself. */
  readonly errors: number;
  /** Errors in the window as ESI counts them, and the time until it ends; 0 when it does not tell. */
  readonly countedErrors: number;
  readonly windowMs: number;
}

/** The limits that processes under one address and one application have in common. */
export interface SharedBudget {
  /** Processes that share it. */
  readonly sharers: number;
  /** Asks for the start of one request. @throws when the others cannot be asked */
  reserve(): Promise<Reservation>;
  /** Tells the others of an answer. Never throws: what is lost here, ESI tells the others itself. */
  report(report: BudgetReport): Promise<void>;
}
