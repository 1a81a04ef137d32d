/** How the process of the local ESI is started. */
export interface EsiOptions {
  readonly contracts: number;
  /** Types beside those of the catalogue. */
  readonly types: number;
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** Moves what a region holds beyond ESI's 35 pages to other regions, so that all is listed. */
  readonly spread: boolean;
}

/** What the local ESI is told on its standard input, one JSON line each. */
export type EsiCommand =
  | { readonly command: 'traffic' }
  | { readonly command: 'churn'; readonly share: number }
  | { readonly command: 'listing-life'; readonly ms: number };

/** What a universe holds. */
export interface UniverseFacts {
  readonly contracts: number;
  readonly items: number;
  readonly types: number;
}

/** What churn changed. */
export interface Churn {
  readonly added: number;
  readonly removed: number;
  readonly addedItems: number;
}
