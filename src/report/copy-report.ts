import { POSTGRES_SCHEMES, serverUrlFault } from '../config/urls.ts';
import type { Copied } from '../copying/copy-database.ts';
import { UsageError } from '../errors.ts';
import { counted } from '../terminal/numbers.ts';

/** @throws UsageError, which tells nothing of the URL, when it is missing or none */
export function assertCopyUrl(url: string | undefined): string {
  if (url === undefined) {
    throw new UsageError('--to is missing: name an empty PostgreSQL database to copy into');
  }
  const fault = serverUrlFault(url, POSTGRES_SCHEMES);
  if (fault !== undefined) throw new UsageError(`--to: ${fault}`);
  return url;
}

/** What was copied, for people. */
export function formatCopied({ isNew, rows }: Copied, place: string): string {
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const things = `${counted(rows.contracts, 'contract')} and all else that is stored, ${counted(total, 'row')}`;
  const end = isNew ? 'copied, and compared row by row' : 'there already: nothing to copy';
  return `${things}: ${end}; in ${place}`;
}
