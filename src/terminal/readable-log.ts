import { plainText } from './plain-text.ts';

/** A log line, as it was read from its JSON. */
export type LogRecord = Readonly<Record<string, unknown>>;

interface LoggedError {
  readonly type?: string;
  readonly message?: string;
  readonly stack?: string;
  readonly code?: string;
}

/** Shown in another place of the line, or by nobody. */
const HIDDEN: ReadonlySet<string> = new Set([
  'level',
  'time',
  'runId',
  'msg',
  'error',
  'reason',
  'summary',
]);
const NAMES: Readonly<Record<string, string>> = {
  regionId: 'region',
  contractId: 'contract',
  typeId: 'type',
};
/** They mean that the program is wrong, wherever they come up. */
const FAULTS: ReadonlySet<string> = new Set([
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'AssertionError',
]);

/**
 * What a log line tells a person: the message, what it is about, and the reason, in one line. The
 * stack follows only for a fault of the program.
 *
 * @param isVerbose the stack of every error
 */
export function readableMessage(record: LogRecord, isVerbose: boolean): string {
  const { msg, error, summary } = record;
  const message = plainText(String(msg ?? ''));
  const reasons = reasonsIn(record).filter((part) => !message.includes(part));
  const about = [...endOf(summary), ...fieldsOf(record)].join(', ');
  const line = [about === '' ? message : `${message} (${about})`, ...reasons].join(': ');
  const stack = stackOf(record['level'], error as LoggedError | undefined, isVerbose);
  return stack === undefined ? line : `${line}\n${stack}`;
}

/** The message of an error says what its causes say, or as much as a person needs. */
function reasonsIn({ reason, error }: LogRecord): string[] {
  const texts = [reason, (error as LoggedError | undefined)?.message];
  return texts.filter((text) => typeof text === 'string').map(plainText);
}

/** The summary itself is printed, or stands in stdout: here it would fill the screen. */
function endOf(summary: unknown): string[] {
  if (summary === undefined) return [];
  const { outcome, exitCode } = summary as { outcome: string; exitCode: number };
  return [outcome, `exit code ${exitCode}`];
}

function fieldsOf(record: LogRecord): string[] {
  return Object.entries(record)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${NAMES[key] ?? key} ${plainText(textOf(value))}`);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function stackOf(level: unknown, error: LoggedError | undefined, isVerbose: boolean) {
  if (error?.stack === undefined) return undefined;
  const { type = '', code, stack } = error;
  // Whatever nobody knows how to explain ends the program.
  const isFault = FAULTS.has(type) || (level === 'fatal' && type === 'Error' && code === undefined);
  return isVerbose || isFault ? stack.split('\n').map(plainText).join('\n') : undefined;
}
