import { DatabaseError } from '../errors.ts';

/** SQLSTATE classes and codes that may pass: connection, deadlock, serialization, shutdown. */
const TRANSIENT_STATES = /^(08|40001|40P01|57P0[123]|53300)/;
/** Prisma's own codes: connection closed, transaction could not start, pool timeout. */
const TRANSIENT_PRISMA_CODES: ReadonlySet<string> = new Set(['P1001', 'P1017', 'P2024', 'P2028']);
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
  readonly host?: string;
  readonly port?: number;
}

interface PrismaFailure {
  readonly code?: string;
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: DriverCause } };
}

/** Turns what Prisma and the drivers throw into a DatabaseError; leaves errors of ours as they are. */
export function toDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseError) return error;
  const cause = driverCause(error);
  const code = (error as PrismaFailure).code;
  if (cause === undefined && !isFromPrisma(error)) return error;
  const message = cause === undefined ? lastLine(error.message) : describe(cause);
  return new DatabaseError(message, {
    sqlState: cause?.originalCode ?? stateOfKind(cause?.kind) ?? code,
    cause: error,
  });
}

/** Whether the same work may succeed when it is tried again at once. */
export function isTransient({ sqlState }: DatabaseError): boolean {
  if (sqlState === undefined) return false;
  return TRANSIENT_STATES.test(sqlState) || TRANSIENT_PRISMA_CODES.has(sqlState);
}

function driverCause(error: Error): DriverCause | undefined {
  const fromPrisma = (error as PrismaFailure).meta?.driverAdapterError?.cause;
  if (fromPrisma !== undefined) return fromPrisma;
  return error.name === 'DriverAdapterError' ? (error.cause as DriverCause) : undefined;
}

function isFromPrisma(error: Error): boolean {
  return error.constructor.name.startsWith('PrismaClient');
}

function describe(cause: DriverCause): string {
  const place = cause.host === undefined ? '' : ` (${cause.host}:${cause.port})`;
  const text = cause.originalMessage ?? cause.message ?? cause.kind ?? 'unknown failure';
  return `${text}${place}`;
}

function stateOfKind(kind: string | undefined): string | undefined {
  return kind !== undefined && CONNECTION_KINDS.has(kind) ? '08006' : undefined;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? text;
}
