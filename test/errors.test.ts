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
  reasonOf,
  UsageError,
} from '../src/errors.ts';

describe('an error', () => {
  it.each([
    new ConfigError(['odd']),
    new UsageError('odd'),
    new LockHeldError('held'),
    new LockLostError('lost'),
    new LockUnavailableError('gone'),
    new DatabaseError('gone'),
    new EsiError('no answer'),
    new EsiDownError('down'),
    new InterruptedError('SIGINT'),
  ])('is an Error with the name of its class: $name', (error) => {
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(error.constructor.name);
  });

  it.each([
    new UsageError('odd', { cause: 'why' }),
    new LockHeldError('held', { cause: 'why' }),
    new LockLostError('lost', { cause: 'why' }),
    new LockUnavailableError('gone', { cause: 'why' }),
    new DatabaseError('gone', { cause: 'why' }),
    new EsiError('no answer', { cause: 'why' }),
    new EsiDownError('down', { cause: 'why' }),
    new ConfigError(['odd'], { cause: 'why' }),
  ])('keeps its cause: $name', (error) => {
    expect(error.cause).toBe('why');
  });
});

describe('an error of the settings', () => {
  it('tells every fault, each on a line', () => {
    const error = new ConfigError(['ONE: odd', 'TWO: odder']);

    expect(error.faults).toEqual(['ONE: odd', 'TWO: odder']);
    expect(error.message).toBe('Invalid settings:\n  - ONE: odd\n  - TWO: odder');
  });
});

describe('an error of the database', () => {
  it.each([
    { sqlState: '22003', isDataFault: true },
    { sqlState: '22P02', isDataFault: true },
    { sqlState: '23505', isDataFault: true },
    { sqlState: '40001', isDataFault: false },
    { sqlState: '57P01', isDataFault: false },
    { sqlState: '08006', isDataFault: false },
    { sqlState: '02000', isDataFault: false },
    { sqlState: undefined, isDataFault: false },
  ])('with the state $sqlState is the fault of a value: $isDataFault', (one) => {
    const error = new DatabaseError('odd', { sqlState: one.sqlState });

    expect(error.isDataFault).toBe(one.isDataFault);
  });
});

describe('an error of ESI', () => {
  it('tells the status of the answer, where there was one', () => {
    expect(new EsiError('odd', { status: 503 }).status).toBe(503);
    expect(new EsiError('odd').status).toBeUndefined();
  });
});

describe('an interruption', () => {
  it('names its signal', () => {
    expect(new InterruptedError('SIGTERM')).toMatchObject({
      signalName: 'SIGTERM',
      message: 'Stopped by SIGTERM',
    });
  });
});

describe('the reason of what was thrown', () => {
  it.each([
    { thrown: new EsiError('no answer'), reason: 'no answer' },
    { thrown: 'odd', reason: 'odd' },
    { thrown: { name: 'ErrnoError', errno: 20 }, reason: '{"name":"ErrnoError","errno":20}' },
    { thrown: null, reason: 'null' },
    { thrown: undefined, reason: 'undefined' },
  ])('is told in words: $reason', ({ thrown, reason }) => {
    expect(reasonOf(thrown)).toBe(reason);
  });
});
