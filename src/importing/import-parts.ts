import type { Clock } from '../clock.ts';
import type { KnownTypes } from '../pass/decide-result.ts';
import type { Store } from '../pass/store.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Logger } from '../terminal/logging.ts';

/** What storing archives works with. */
export interface ImportParts {
  readonly store: Store;
  readonly report: RunReport;
  readonly types: KnownTypes;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Rows of a transaction, about. */
  readonly batchRows: number;
}
