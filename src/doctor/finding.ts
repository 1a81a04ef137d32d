import type { Clock } from '../clock.ts';

/** The codes with which a run ends for what a check found, the most fundamental first. */
const EXIT_CODES_BY_RANK = [78, 69, 74, 1] as const;
/** A check that takes longer tells that, and nothing else. */
const PATIENCE_MS = 10_000;

export type ExitCode = (typeof EXIT_CODES_BY_RANK)[number];

/** One line of `doctor`. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** What to do about it; on every `warn` and `fail`. */
  readonly remedy?: string;
  /** What a run would end with; on every `fail`. */
  readonly exitCode?: ExitCode;
}

export function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message };
}

export function warn(check: string, message: string, remedy: string): Finding {
  return { check, status: 'warn', message, remedy };
}

export function fail(check: string, exitCode: ExitCode, message: string, remedy: string): Finding {
  return { check, status: 'fail', message, remedy, exitCode };
}

/** 0 when nothing failed, else the most fundamental of the codes. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const codes = findings.map(({ exitCode }) => exitCode);
  return EXIT_CODES_BY_RANK.find((code) => codes.includes(code)) ?? 0;
}

/** Waits for a check 10 s at most. @param work gets a signal that is aborted when they are over */
export async function inTime(
  clock: Clock,
  tooLate: (seconds: number) => Finding,
  work: (signal: AbortSignal) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const controller = new AbortController();
  let cancel = () => {};
  const timeout = new Promise<readonly Finding[]>((resolve) => {
    cancel = clock.schedule(PATIENCE_MS, () => {
      controller.abort(new Error('the check took too long'));
      resolve([tooLate(PATIENCE_MS / 1000)]);
    });
  });
  try {
    return await Promise.race([work(controller.signal), timeout]);
  } finally {
    cancel();
  }
}
