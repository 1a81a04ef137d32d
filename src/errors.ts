/** The operator has to change a setting. Carries every fault found, not just the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(`Invalid settings:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`, options);
    this.faults = faults;
  }
}

/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Another run holds the lock: nothing to do now. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
}

/** The lock was lost while the run held it: nothing may be written any more. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError';
}

/** The lock server cannot be asked: the run fails closed. */
export class LockUnavailableError extends Error {
  override readonly name = 'LockUnavailableError';
}

/** The database failed for good, or is not in a state that the program can work with. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** PostgreSQL's five-character code, where the server gave one. */
  readonly sqlState: string | undefined;

  constructor(message: string, options: { sqlState?: string | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.sqlState = options.sqlState;
  }

  /** True when a value of the batch is at fault (classes 22 and 23), not the database. */
  get isDataFault(): boolean {
    return this.sqlState?.startsWith('22') === true || this.sqlState?.startsWith('23') === true;
  }
}

/** What PostgreSQL says about a statement that it refuses, beside the message. */
export interface StatementFault {
  /** Where in the statement, in characters from 1; undefined where it names no place. */
  readonly position: number | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
}

/** PostgreSQL refused a statement. */
export class StatementError extends DatabaseError {
  readonly fault: StatementFault;

  constructor(
    message: string,
    fault: StatementFault,
    options: ConstructorParameters<typeof DatabaseError>[1],
  ) {
    super(message, options);
    this.fault = fault;
  }
}

/** An archive cannot be had, or cannot be read. Nothing of it was stored. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** A result could not be written to stdout. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** ESI gave no usable answer, after all retries. */
export class EsiError extends Error {
  override readonly name = 'EsiError';
  /** HTTP status of the last attempt; undefined when there was no answer at all. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

/** ESI failed so often in a row that the rest of the pass does not ask it any more. */
export class EsiDownError extends Error {
  override readonly name = 'EsiDownError';
}

/** The process may not open as many files and connections as it needs. */
export class OpenFilesError extends Error {
  override readonly name = 'OpenFilesError';
}

/** A signal asked the process to stop. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly signalName: 'SIGINT' | 'SIGTERM';

  constructor(signalName: 'SIGINT' | 'SIGTERM') {
    super(`Stopped by ${signalName}`);
    this.signalName = signalName;
  }
}

/** The time limit of the run has come: nothing new is begun. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** Whether the run has been told to end: what is in hand can still be stored. */
export function isStop(error: unknown): boolean {
  return error instanceof InterruptedError || error instanceof OutOfTimeError;
}

/** Whether a failure ends the whole pass; others cost a region or a contract. */
export function isFatal(error: unknown): boolean {
  if (error instanceof DatabaseError) return !error.isDataFault;
  return error instanceof LockLostError || error instanceof OpenFilesError;
}

/**
 * What went wrong, in words. Not all that is thrown is an Error: the embedded database throws plain
 * objects.
 */
export function reasonOf(error: unknown): string {
  // As of a host with several addresses, none of which answers.
  if (error instanceof AggregateError && error.message === '') {
    return [...new Set(error.errors.map(reasonOf))].join('; ');
  }
  if (error instanceof Error) return error.message;
  return typeof error === 'object' ? JSON.stringify(error) : String(error);
}

/** The code of a failure that Node or the operating system tells: `ENOSPC`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** Whether the process, or the machine, may open no more files: told by whoever wanted the next. */
export function isOutOfFiles(error: unknown): boolean {
  const code = codeOf(error);
  if (error instanceof OpenFilesError || code === 'EMFILE' || code === 'ENFILE') return true;
  return error instanceof Error && error.cause !== undefined && isOutOfFiles(error.cause);
}
