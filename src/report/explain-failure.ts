import { codeOf, DatabaseError, isOutOfFiles, LockUnavailableError, reasonOf } from '../errors.ts';

/** The settings that tell which database it is. */
interface DatabaseSettings {
  readonly DATABASE_URL?: string | undefined;
  readonly DATA_DIR?: string | undefined;
}

const GRANTS = 'GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public';

/** SQLSTATE → what the operator can do. */
const ADVICE_FOR_SERVER: readonly (readonly [states: RegExp, advice: string])[] = [
  [/^28/, 'correct the user and the password in DATABASE_URL'],
  [/^3D000/, 'create it, or correct its name in DATABASE_URL'],
  [
    /^42501/,
    `give that right to the user of DATABASE_URL (${GRANTS}; for migrations also CREATE ON SCHEMA public, or the owner's rights)`,
  ],
  [
    /^25006/,
    'DATABASE_URL names a standby or a database that is set to read-only: name the primary, or set default_transaction_read_only to off',
  ],
  [/^53100/, 'make room on the disk of the server; the next run goes on from what is stored'],
  [/^53300/, 'raise max_connections of the server, or lower REGION_CONCURRENCY'],
  [
    /^57014/,
    'see whether the server hangs or a table is locked, and whether statement_timeout is too short',
  ],
  [/^(08|57P0|E[A-Z])/, 'see that the server runs and that DATABASE_URL names it'],
];

/** What is said without a state → what the operator can do. */
const ADVICE_FOR_WORDS: readonly (readonly [says: RegExp, advice: string])[] = [
  [
    /does not support SSL/i,
    'turn TLS on in the server (ssl = on), or, where nobody can listen in between, take sslmode out of DATABASE_URL',
  ],
];

/** Why a lock file cannot be made. */
const NOT_WRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

const MORE_FILES = 'raise the limit of open files (`ulimit -n 256` is enough)';

/** What the lock server says → what the operator can do. */
const ADVICE_FOR_REDIS: readonly (readonly [says: RegExp, advice: string])[] = [
  [/\bOOM\b/, 'make room in the server of REDIS_URL, or raise its maxmemory'],
  [/\bREADONLY\b/, 'REDIS_URL names a replica: name the primary'],
  [/\b(NOAUTH|WRONGPASS|NOPERM)\b/, 'correct the user, password or rights in REDIS_URL'],
];

/** What went wrong, where, and what to do about it. Holds no password. */
export function explainFailure(error: unknown, settings: DatabaseSettings): string {
  const message = reasonOf(error);
  if (isOutOfFiles(error)) return `${message}; ${MORE_FILES}`;
  if (error instanceof DatabaseError) return explainDatabase(error, settings);
  const advice = adviceFor(error, settings);
  return advice === undefined ? message : `${message}; ${advice}`;
}

/** What the operator can do about it; undefined where the failure itself says all. */
export function adviceFor(error: unknown, settings: DatabaseSettings): string | undefined {
  if (error instanceof DatabaseError) return adviceOn(error, settings);
  if (!(error instanceof LockUnavailableError)) return undefined;
  if (NOT_WRITABLE.has(codeOf(error.cause) ?? '')) {
    return 'set DATA_DIR to a folder that this user may write to';
  }
  return ADVICE_FOR_REDIS.find(([says]) => says.test(error.message))?.[1];
}

function explainDatabase(error: DatabaseError, settings: DatabaseSettings) {
  const { message } = error;
  const { DATABASE_URL: url, DATA_DIR: folder } = settings;
  const place = url === undefined ? `the embedded database in ${folder}` : serverOf(url);
  const advice = adviceOn(error, settings);
  if (advice === undefined) return message;
  return `${message.includes(place) ? '' : `${place}: `}${message}; ${advice}`;
}

function adviceOn(
  { sqlState = '', message }: Pick<DatabaseError, 'sqlState' | 'message'>,
  { DATABASE_URL, DATA_DIR }: DatabaseSettings,
) {
  if (DATABASE_URL !== undefined) {
    return (
      ADVICE_FOR_WORDS.find(([says]) => says.test(message))?.[1] ??
      ADVICE_FOR_SERVER.find(([states]) => states.test(sqlState))?.[1]
    );
  }
  // PGlite trips over the file that it made when it might open no more.
  if (sqlState === '58P02') return MORE_FILES;
  if (!/^53100/.test(sqlState)) return undefined;
  return `make room on the disk of ${DATA_DIR}, 100 MB at least; the next run goes on from what is stored`;
}

/** `the database contracts at db.example.com:5432` */
export function serverOf(url: string): string {
  const { host, pathname } = new URL(url);
  return ['the database', decodeURIComponent(pathname.slice(1)), host && `at ${host}`]
    .filter((part) => part !== '')
    .join(' ');
}
