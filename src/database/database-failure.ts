import { DatabaseError, reasonOf } from '../errors.ts';

/** SQLSTATE `connection_failure`. */
const CONNECTION_FAILURE = '08006';
/** Failures that may pass: connection, deadlock, serialization, shutdown, idle transaction ended. */
const TRANSIENT_STATES = /^(08|25P03|40001|40P01|57P0[123]|53300|E(?!RR_)[A-Z])/;
const CONNECTION_KINDS: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
]);

interface DriverCause {
  readonly kind?: string;
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly host?: string;
  readonly port?: number;
}

interface PrismaFailure {
  readonly code?: string;
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: DriverCause } };
}

/**
 * Turns whatever a call of the client throws into a DatabaseError. A failure that comes without a
 * code is one of the connection: the drivers throw those as they are.
 */
export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const cause = driverCause(error);
  const code = (error as PrismaFailure | undefined)?.code;
  const text = reasonOf(error);
  return new DatabaseError(cause === undefined ? lastLine(text) : describe(cause), {
    sqlState: cause ? stateOf(cause) : (code ?? CONNECTION_FAILURE),
    cause: error,
  });
}

/** Whether the same work may succeed when it is tried again at once. */
export function isTransient({ sqlState }: DatabaseError): boolean {
  return sqlState !== undefined && TRANSIENT_STATES.test(sqlState);
}

/**
 * What the driver made of PostgreSQL's error: inside Prisma's for a statement, as it is when the
 * connection is made or the transaction committed.
 */
function driverCause(error: unknown): DriverCause | undefined {
  if (!(error instanceof Error)) return undefined;
  const fromPrisma = (error as PrismaFailure).meta?.driverAdapterError?.cause;
  if (fromPrisma !== undefined) return fromPrisma;
  return error.name === 'DriverAdapterError' ? (error.cause as DriverCause) : undefined;
}

function describe(cause: DriverCause): string {
  const place = [cause.host, cause.port].filter((part) => part !== undefined).join(':');
  const { originalMessage, message, reason, kind } = cause;
  const text = originalMessage ?? message ?? reason ?? kind ?? 'unknown failure';
  const placed = place === '' ? text : `${text} (${place})`;
  const word = wordOfSystem(cause);
  return word === undefined ? placed : `${placed}: ${word}`;
}

/** The driver keeps the system's word to itself, and of an address only what the system knew. */
function wordOfSystem({ kind, host, port }: DriverCause): string | undefined {
  if (kind === 'ConnectionClosed') return 'connection reset, ECONNRESET';
  if (kind === 'SocketTimeout') return 'connection timed out, ETIMEDOUT';
  if (kind !== 'DatabaseNotReachable') return undefined;
  // A socket of the machine has a path, and no port.
  const isAddress = port !== undefined || host?.startsWith('/') === true;
  return isAddress ? 'connection refused, ECONNREFUSED' : 'unknown host, ENOTFOUND';
}

/** Undefined for what neither PostgreSQL says nor a lost connection is: TLS refused, for one. */
function stateOf({ originalCode, kind }: DriverCause): string | undefined {
  if (originalCode !== undefined) return originalCode;
  return kind !== undefined && CONNECTION_KINDS.has(kind) ? CONNECTION_FAILURE : undefined;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? text;
}
