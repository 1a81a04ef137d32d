import {
  ArchiveError,
  ConfigError,
  DatabaseError,
  EsiDownError,
  EsiError,
  InterruptedError,
  LockHeldError,
  LockLostError,
  LockUnavailableError,
  OutOfTimeError,
  OutputError,
  UsageError,
} from '../errors.ts';
import type { RunReport } from './run-report.ts';

export type Outcome = 'complete' | 'partial' | 'locked' | 'unavailable' | 'failed' | 'interrupted';

/** How a run ended: in one word for people, in one number for cron. */
export interface RunEnd {
  readonly outcome: Outcome;
  readonly exitCode: number;
}

const MEANINGS: Readonly<Record<number, string>> = {
  1: 'not everything could be done',
  64: 'wrong usage',
  69: 'the lock server cannot be reached',
  70: 'a fault of the program',
  74: 'the database failed, or a result could not be written',
  75: 'the lock is held by another run, or was lost',
  78: 'invalid settings',
  130: 'stopped by Ctrl-C',
  143: 'stopped by SIGTERM',
};

/** What an exit code above 0 says (SPEC §3). */
export function meaningOf(exitCode: number): string {
  return MEANINGS[exitCode] ?? 'unknown';
}

/** The end of a run that went through (SPEC §3). */
export function endOfReport({ regions, ranOutOfTime }: RunReport): RunEnd {
  const isPartial = regions.failed > 0 || ranOutOfTime;
  return isPartial ? { outcome: 'partial', exitCode: 1 } : { outcome: 'complete', exitCode: 0 };
}

/** The end of a run that an error ended (SPEC §3, sysexits where one fits). */
export function endOfError(error: unknown): RunEnd {
  if (error instanceof InterruptedError) {
    return { outcome: 'interrupted', exitCode: error.signalName === 'SIGINT' ? 130 : 143 };
  }
  if (error instanceof LockHeldError) return { outcome: 'locked', exitCode: 75 };
  if (error instanceof LockLostError) return { outcome: 'locked', exitCode: 75 };
  if (error instanceof LockUnavailableError) return { outcome: 'unavailable', exitCode: 69 };
  if (error instanceof DatabaseError || error instanceof OutputError) {
    return { outcome: 'failed', exitCode: 74 };
  }
  // ESI failed, or time was up, before there was a region to fail.
  if (
    error instanceof ArchiveError ||
    error instanceof EsiError ||
    error instanceof EsiDownError ||
    error instanceof OutOfTimeError
  ) {
    return { outcome: 'partial', exitCode: 1 };
  }
  if (error instanceof ConfigError) return { outcome: 'failed', exitCode: 78 };
  if (error instanceof UsageError) return { outcome: 'failed', exitCode: 64 };
  return { outcome: 'failed', exitCode: 70 };
}
