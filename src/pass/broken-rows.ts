import { EsiError } from '../errors.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Logger } from '../terminal/logging.ts';
import { counted } from '../terminal/numbers.ts';

/** Of a region, so many are told of one by one. */
const TOLD_ONE_BY_ONE = 20;

interface BrokenRowsParts {
  readonly report: RunReport;
  readonly logger: Pick<Logger, 'error'>;
}

/** What of a region cannot be read: each counts as skipped, and the log is not flooded with them. */
export class BrokenRows {
  readonly #regionId: number;
  readonly #what: string;
  readonly #parts: BrokenRowsParts;
  #count = 0;

  /** @param what of a contract cannot be read: `listed row` */
  constructor(regionId: number, what: string, parts: BrokenRowsParts) {
    this.#regionId = regionId;
    this.#what = what;
    this.#parts = parts;
  }

  /** @param reason why, where that is known */
  add(contractId: number, reason?: string): void {
    const { report, logger } = this.#parts;
    const regionId = this.#regionId;
    this.#count += 1;
    report.contracts.skipped += 1;
    if (this.#count > TOLD_ONE_BY_ONE) {
      report.failureCount += 1;
      return;
    }
    const message = `contract skipped: its ${this.#what} cannot be read`;
    report.fail({ regionId, contractId, message: reason ?? message });
    logger.error({ regionId, contractId, reason }, message);
  }

  /** Rows that do not even tell whose they are. */
  addUnreadable(rows: number): void {
    if (rows === 0) return;
    const { report, logger } = this.#parts;
    const regionId = this.#regionId;
    this.#count += rows;
    report.contracts.skipped += rows;
    report.fail({ regionId, message: `${counted(rows, 'listed row')} without a readable id` });
    logger.error({ regionId, unreadableRows: rows }, 'rows without a readable id skipped');
  }

  /**
   * Tells how many there were, when all have been seen.
   *
   * @param total broken ones included
   * @param tolerated so many are the fault of single contracts, whatever their share
   * @throws EsiError when most are broken: then it is their form that has changed
   */
  end(total: number, tolerated: number): void {
    const [count, what] = [this.#count, this.#what];
    const { logger } = this.#parts;
    const regionId = this.#regionId;
    if (count > TOLD_ONE_BY_ONE)
      logger.error({ regionId, count }, `${count} contracts skipped in all: ${what}`);
    if (count <= tolerated || count * 2 <= total) return;
    throw new EsiError(
      `${count} of ${total} contracts cannot be read (${what}): ESI may have changed its form`,
    );
  }
}
