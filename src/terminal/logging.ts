import { type Logger as PinoLogger, pino, type SerializedError, stdSerializers } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { type LogRecord, readableMessage } from './readable-log.ts';
import { sourceStack } from './source-stack.ts';

/** The part of the logger that the program uses. */
export type Logger = Pick<
  PinoLogger,
  'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'child' | 'level'
>;

export interface LoggingOptions {
  readonly level: string;
  /** On every line. */
  readonly runId: string;
  /** Readable lines instead of JSON. */
  readonly pretty: boolean;
  /** @default false */
  readonly hasColors?: boolean;
  /** Texts that must never be printed. */
  readonly secrets: readonly string[];
  /** Receives each line; stderr in the program. */
  readonly write: (line: string) => void;
}

const REDACTED = '[redacted]';

/** Makes the logger of one run: JSON lines, or readable ones for a person at a terminal. */
export function createLogger(options: LoggingOptions): Logger {
  const { secrets, write, runId, pretty } = options;
  const sink = pretty ? prettySink(options) : write;
  return pino(
    {
      level: options.level,
      base: { runId },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // For people, each message of a chain of causes once.
      serializers: {
        error: pretty ? tellError(stdSerializers.errWithCause) : tellError(stdSerializers.err),
      },
    },
    { write: secrets.length === 0 ? sink : (line) => sink(redactLine(line, secrets)) },
  );
}

/** The build gives other names to some classes, and other places to all. */
function tellError(serialize: (error: Error) => SerializedError): (error: Error) => unknown {
  return (error) => {
    const told = serialize(error);
    if (!(error instanceof Error)) return told;
    const type = error.name === 'Error' ? told.type : error.name;
    return { ...told, type, stack: sourceStack(told.stack) };
  };
}

/**
 * Replaces every secret in every text of a value; numbers and structure stay as they are. A secret
 * that could be a word is looked for only where URLs have passwords.
 */
export function redact<T>(value: T, secrets: readonly string[]): T;
export function redact(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return longestFirst(secrets).reduce(withoutSecret, value);
  if (Array.isArray(value)) return value.map((element) => redact(element, secrets));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [key, redact(element, secrets)]),
  );
}

/** A password such as `run` stands in many a message: it is one only where URLs have passwords. */
function withoutSecret(text: string, secret: string): string {
  if (!isWord(secret)) return text.replaceAll(secret, REDACTED);
  return text
    .replaceAll(`:${secret}@`, `:${REDACTED}@`)
    .replaceAll(`password=${secret}`, `password=${REDACTED}`);
}

function isWord(secret: string): boolean {
  return /^\p{L}{1,12}$/u.test(secret);
}

/** A secret may begin with another. */
function longestFirst(secrets: readonly string[]): string[] {
  return secrets.toSorted((one, other) => other.length - one.length);
}

function redactLine(line: string, secrets: readonly string[]): string {
  const { level, time, runId, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return `${JSON.stringify({ level, time, runId, ...redact(rest, secrets) })}\n`;
}

/** The levels as the library has them; a message needs no colour. */
const COLORS = 'fatal:bgRed,error:red,warn:yellow,info:green,debug:blue,trace:gray,message:reset';

/** Writes at once: what is said before the process just ends is read too. */
function prettySink({ write, level, hasColors = false }: LoggingOptions): (line: string) => void {
  const isVerbose = level === 'debug' || level === 'trace';
  const format = prettyFactory({
    colorize: hasColors,
    customColors: COLORS,
    hideObject: true,
    translateTime: 'SYS:HH:MM:ss',
    messageFormat: (record) => readableMessage(record as LogRecord, isVerbose),
    customPrettifiers: { time: (time) => String(time) },
  });
  return (line) => write(format(line));
}
