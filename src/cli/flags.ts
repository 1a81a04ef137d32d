/** Options of every command. */
export interface CommonFlags {
  readonly envFile?: string;
  readonly logLevel?: string;
  readonly logFile?: string;
}

export interface MigrateFlags extends CommonFlags {
  readonly status?: true;
  /** Only with `--status`. */
  readonly json?: true;
}

export interface StatusFlags extends CommonFlags {
  readonly region?: readonly string[];
  /** Milliseconds. */
  readonly maxAge?: number;
  readonly json?: true;
}

export interface DoctorFlags extends CommonFlags {
  readonly json?: true;
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export const FORMATS = ['table', 'json', 'csv'] as const;
export const SORTS = ['price', 'expires', 'issued'] as const;
export const CONTRACT_STATUSES = ['outstanding', 'expired', 'closed'] as const;

/** Those of ESI's specification; what it does not know is stored, too. */
export const CONTRACT_TYPES = ['item_exchange', 'auction', 'courier', 'loan', 'unknown'] as const;

export type Shell = (typeof SHELLS)[number];
export type Format = (typeof FORMATS)[number];
type Sort = (typeof SORTS)[number];

/** What buyers filter by. */
export interface OfferFlags extends CommonFlags {
  readonly region?: readonly string[];
  readonly type?: readonly string[];
  readonly group?: readonly string[];
  /** ISK, as is maxPrice. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  /** True for `--extras`, false for `--no-extras`. */
  readonly extras?: boolean;
  /** Milliseconds, as is expiresWithin. */
  readonly minTimeLeft?: number;
  readonly expiresWithin?: number;
  readonly title?: string;
  readonly sort: Sort;
  readonly limit: number;
  readonly format: Format;
}

export interface ContractsFlags extends OfferFlags {
  readonly contractType?: readonly string[];
  readonly status: readonly string[];
  readonly blueprintCopies?: true;
}
