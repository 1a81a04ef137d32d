import { isLiveEsi } from '../config/config.ts';
import type { Summary } from '../report/summary.ts';
import type { CommandContext } from './command-context.ts';
import { warnOfOpenFolders } from './data-directory.ts';
import { type RunOptions, withOpenRun } from './open-run.ts';
import { RunRecord } from './run-record.ts';

/**
 * One run: what it works with is opened, the pass is made, its end is recorded. Whatever happens,
 * there is a summary; nothing is thrown.
 */
export async function run(context: CommandContext, options: RunOptions): Promise<Summary> {
  const record = new RunRecord(context, options);
  warnWithoutContact(context);
  await warnOfOpenFolders(context);
  const { config } = context;
  const summary = await withOpenRun(record, context, options, async (parts) => {
    // A run that finds the lock held has no use for it.
    const { pass } = await import('../pass/pass.ts');
    await pass(parts, config, options.regions);
  }).catch((error: unknown) => record.failed(error));
  await record.told(summary);
  return summary;
}

function warnWithoutContact({ config, logger }: CommandContext): void {
  if (config.ESI_CONTACT !== undefined || !isLiveEsi(config)) return;
  logger.warn('ESI_CONTACT is not set: CCP asks for an e-mail address or URL in the User-Agent');
}
