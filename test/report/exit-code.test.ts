import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  DatabaseError,
  EsiDownError,
  EsiError,
  InterruptedError,
  LockHeldError,
  LockLostError,
  LockUnavailableError,
  UsageError,
} from '../../src/errors.ts';
import { endOfError, endOfReport } from '../../src/report/exit-code.ts';
import { RunReport } from '../../src/report/run-report.ts';

describe('a run that an error ended', () => {
  it.each([
    { error: new UsageError('odd flag'), outcome: 'failed', exitCode: 64 },
    { error: new LockUnavailableError('no server'), outcome: 'unavailable', exitCode: 69 },
    { error: new DatabaseError('gone'), outcome: 'failed', exitCode: 74 },
    { error: new DatabaseError('odd row', { sqlState: '22003' }), outcome: 'failed', exitCode: 74 },
    { error: new LockHeldError('held'), outcome: 'locked', exitCode: 75 },
    { error: new LockLostError('lost'), outcome: 'locked', exitCode: 75 },
    { error: new ConfigError(['odd']), outcome: 'failed', exitCode: 78 },
    { error: new EsiError('no answer', { status: 503 }), outcome: 'partial', exitCode: 1 },
    { error: new EsiDownError('down'), outcome: 'partial', exitCode: 1 },
    { error: new InterruptedError('SIGINT'), outcome: 'interrupted', exitCode: 130 },
    { error: new InterruptedError('SIGTERM'), outcome: 'interrupted', exitCode: 143 },
  ])('exits with $exitCode ($outcome) after $error.name: $error.message', (one) => {
    const { outcome, exitCode } = one;

    expect(endOfError(one.error)).toEqual({ outcome, exitCode });
  });

  it.each([new Error('fault'), new TypeError('fault'), 'text', undefined, null, 7, {}])(
    'exits with 70 after a fault of the program: %s',
    (error) => {
      expect(endOfError(error)).toEqual({ outcome: 'failed', exitCode: 70 });
    },
  );

  it('is told by the error itself, not by its cause', () => {
    const error = new Error('fault', { cause: new LockHeldError('held') });

    expect(endOfError(error).exitCode).toBe(70);
  });
});

describe('a run that went through', () => {
  it.each([
    { failed: 0, ranOutOfTime: false, outcome: 'complete', exitCode: 0 },
    { failed: 1, ranOutOfTime: false, outcome: 'partial', exitCode: 1 },
    { failed: 114, ranOutOfTime: false, outcome: 'partial', exitCode: 1 },
    { failed: 0, ranOutOfTime: true, outcome: 'partial', exitCode: 1 },
    { failed: 2, ranOutOfTime: true, outcome: 'partial', exitCode: 1 },
  ])('with $failed failed regions, out of time $ranOutOfTime, exits with $exitCode', (one) => {
    const report = new RunReport();
    report.regions.failed = one.failed;
    report.ranOutOfTime = one.ranOutOfTime;

    expect(endOfReport(report)).toEqual({ outcome: one.outcome, exitCode: one.exitCode });
  });

  it('is complete although contracts were skipped', () => {
    const report = new RunReport();
    report.contracts.skipped = 3;
    report.types.failed = 1;
    report.fail({ contractId: 7, message: 'odd' });

    expect(endOfReport(report)).toEqual({ outcome: 'complete', exitCode: 0 });
  });
});
