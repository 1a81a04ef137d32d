import type { Invocation, RunFlags } from '../cli/program.ts';
import type { CommandContext } from '../composition/command-context.ts';
import { limitHeapGrowth } from '../composition/heap.ts';
import { DatabaseError } from '../errors.ts';
import { terminalOf } from '../terminal/terminal.ts';
import { idIn } from '../whole-number.ts';

/**
 * Carries out what the command line asked for.
 *
 * @returns the exit code
 * @throws DatabaseError that says what to do
 */
export async function runCommand(invocation: Invocation, context: CommandContext): Promise<number> {
  try {
    return await carryOut(invocation, context);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const { explainFailure } = await import('../report/explain-failure.ts');
    const { sqlState } = error;
    throw new DatabaseError(explainFailure(error, context.config), { sqlState, cause: error });
  }
}

async function carryOut(invocation: Invocation, context: CommandContext): Promise<number> {
  switch (invocation.command) {
    case 'run':
      return runAndPrint(invocation.flags, context);
    case 'migrate': {
      const { migrateCommand } = await import('./migrate.ts');
      return migrateCommand(context, invocation.flags);
    }
    case 'status': {
      const { statusCommand } = await import('./status.ts');
      return statusCommand(context, invocation.flags);
    }
    case 'ships': {
      const { shipsCommand } = await import('./ships.ts');
      return shipsCommand(context, invocation.flags);
    }
    case 'contracts': {
      const { contractsCommand } = await import('./contracts.ts');
      return contractsCommand(context, invocation.flags);
    }
    case 'doctor': {
      const { doctorCommand } = await import('./doctor.ts');
      return doctorCommand(context, invocation.flags);
    }
  }
}

async function runAndPrint(flags: RunFlags, context: CommandContext): Promise<number> {
  limitHeapGrowth();
  const { run } = await import('../composition/run.ts');
  const { formatSummary } = await import('../report/summary-text.ts');
  const summary = await run(context, {
    regions: flags.region?.map((region) => idIn(region) ?? region),
    dryRun: flags.dryRun === true,
    migrate: flags.migrate === true,
    timeLimitMs: flags.timeLimit,
    showProgress: flags.progress && !flags.quiet && context.screen.canRedraw,
  });
  if (flags.quiet) {
    const { quietNotice } = await import('../report/quiet-notice.ts');
    context.screen.write(quietNotice(summary, context.config.LOG_FILE));
    return summary.exitCode;
  }
  const terminal = terminalOf(context.stdout, context.environment);
  const text = flags.json ? JSON.stringify(summary) : formatSummary(summary, terminal);
  context.stdout.write(`${text}\n`);
  return summary.exitCode;
}
