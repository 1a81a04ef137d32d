import { lastFinishedRun } from '../database/queries/change-queries.ts';
import { OutputError, reasonOf, UsageError } from '../errors.ts';
import { EXPORTABLE_NAMES, type ExportPlan } from '../exporting/export-plan.ts';
import { exportTables, type WrittenFile } from '../exporting/export-tables.ts';
import type { Exported } from '../report/export-report.ts';
import type { CommandContext } from './command-context.ts';
import { withReadSession } from './compose-session.ts';

/** Where an export goes, and what of each table. */
export interface ExportOptions {
  readonly folder: string;
  /** Only what changed in runs after this one. */
  readonly since: number | undefined;
}

/**
 * Writes tables of the stored database to files.
 *
 * @throws UsageError for a table that there is not, or a run that has not ended; OutputError when a
 *   file cannot be written
 */
export async function exportStored(
  context: CommandContext,
  plan: ExportPlan,
  { folder, since }: ExportOptions,
): Promise<Exported> {
  const unknown = plan.tables.find((table) => !EXPORTABLE_NAMES.includes(table));
  if (unknown !== undefined) {
    throw new UsageError(
      `--table: there is no ${unknown}; there are ${EXPORTABLE_NAMES.join(', ')}`,
    );
  }
  const { interrupt: signal, logger, runId: draftName } = context;
  const files: WrittenFile[] = [];
  const written = (file: WrittenFile) => {
    files.push(file);
    logger.info({ ...file }, 'file written');
  };
  return withReadSession(context, { signal }, async (session) => {
    const until = await lastFinishedRun(session);
    if (since !== undefined && since > until) {
      throw new UsageError(`--since ${since} is after the last run that has ended, ${until}`);
    }
    const runs = since === undefined ? undefined : { since, until };
    try {
      await exportTables(plan, { session, folder, runs, draftName, written });
    } catch (error) {
      throw isOfFiles(error) ? toOutputError(error) : error;
    }
    return { files, nextSince: until };
  });
}

function isOfFiles(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

function toOutputError(error: unknown): OutputError {
  return new OutputError(`a file could not be written: ${reasonOf(error)}`, { cause: error });
}
