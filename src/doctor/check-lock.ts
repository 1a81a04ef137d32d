import type { CommandContext } from '../composition/command-context.ts';
import { withDatabase } from '../composition/compose-database.ts';
import { withRedis } from '../composition/compose-lock.ts';
import { placesIn } from '../composition/data-directory.ts';
import { findLeaseHolder, hasLeaseTable, LEASE_NAME } from '../database/tables/run-lease.ts';
import { ConfigError, DatabaseError, LockUnavailableError, reasonOf } from '../errors.ts';
import { isFileLockHeld } from '../lock/file-lock.ts';
import { findLockHolder, type LockHolder, tryRights } from '../lock/lock-holder.ts';
import type { Redis } from '../redis.ts';
import { adviceFor } from '../report/explain-failure.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const SERVER = 'lock server';
const LOCK = 'lock';
/** Policies that keep what is in use: a run renews its lock every few seconds. */
const HARMLESS_POLICIES: ReadonlySet<string> = new Set([
  'noeviction',
  'allkeys-lru',
  'volatile-lru',
]);
const NEARLY_FULL_SHARE = 0.9;

/** Whether the lock can be taken, and who holds it now. Writes nothing. */
export function checkLock(context: CommandContext): Promise<readonly Finding[]> {
  const { REDIS_URL, DATABASE_URL } = context.config;
  if (REDIS_URL !== undefined) return checkServer(context);
  return DATABASE_URL === undefined ? checkFile(context) : checkLease(context);
}

async function checkLease(context: CommandContext): Promise<Finding[]> {
  try {
    return await withDatabase(context, async (database) => {
      if (!(await hasLeaseTable(database))) {
        return [ok(LOCK, `a lease in the database: the first run makes its table`)];
      }
      const holder = await findLeaseHolder(database);
      const state = holder === undefined ? 'free' : describeHolder({ ...holder, key: LEASE_NAME });
      return [ok(LOCK, `a lease in the database: ${state}`)];
    });
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const remedy = 'the lock is a lease in the database: see what is wrong with that';
    return [warn(LOCK, `cannot be asked: ${error.message}`, remedy)];
  }
}

async function checkFile({ config }: CommandContext): Promise<Finding[]> {
  const path = placesIn(config.DATA_DIR).runLock;
  try {
    const isHeld = await isFileLockHeld(path);
    return [ok(LOCK, isHeld ? `a file: a run is at work (${path})` : `a file: free (${path})`)];
  } catch (error) {
    const remedy = `give ${path} to the user who runs this`;
    return [fail(LOCK, 69, `cannot be taken: ${reasonOf(error)}`, remedy)];
  }
}

async function checkServer(context: CommandContext): Promise<readonly Finding[]> {
  const { config } = context;
  try {
    return await withRedis(context, async (redis) =>
      redis === undefined ? [] : askServer(redis, context),
    );
  } catch (error) {
    if (error instanceof ConfigError) {
      return [fail(SERVER, 78, error.faults.join('; '), 'correct REDIS_URL')];
    }
    const failure =
      error instanceof LockUnavailableError
        ? error
        : new LockUnavailableError(reasonOf(error), { cause: error });
    const remedy =
      adviceFor(failure, config) ?? 'see that the server runs and that REDIS_URL names it';
    return [fail(SERVER, 69, failure.message, remedy)];
  }
}

async function askServer(redis: Redis, { config, runId }: CommandContext): Promise<Finding[]> {
  const { REDIS_KEY_PREFIX: prefix, REDIS_URL = '' } = config;
  // A user who may not ask for it may still do all that a run does.
  const info = await redis.run((client) => client.info()).catch(() => '');
  await tryRights(redis, prefix, runId);
  const holder = await findLockHolder(redis, prefix);
  return [
    ...describeServer(info, new URL(REDIS_URL).host),
    ok(LOCK, `a key in Redis: ${holder === undefined ? 'free' : describeHolder(holder)}`),
  ];
}

function describeHolder({ runId, leftMs, key }: LockHolder): string {
  const seconds = Math.ceil(leftMs / 1000);
  return `held by run ${runId} (${key}), for ${seconds} s more unless it is renewed`;
}

function describeServer(info: string, host: string): Finding[] {
  const tell = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const valkey = tell('valkey_version');
  const version =
    valkey === undefined ? `Redis ${tell('redis_version') ?? ''}` : `Valkey ${valkey}`;
  const name = `${version.trim()} at ${host}`;
  const findings = [];
  if (tell('role') === 'slave') {
    const remedy = 'name the primary in REDIS_URL';
    findings.push(warn(SERVER, `${name} is a replica: what is written there is lost`, remedy));
  }
  const [used, most] = ['used_memory', 'maxmemory'].map((field) => Number(tell(field) ?? 0));
  const memory = checkMemory(name, { used, most, policy: tell('maxmemory_policy') });
  if (memory !== undefined) findings.push(memory);
  return findings.length === 0 ? [ok(SERVER, `${name}: a run may take its lock there`)] : findings;
}

interface Memory {
  readonly used: number | undefined;
  /** 0 for no limit. */
  readonly most: number | undefined;
  readonly policy: string | undefined;
}

function checkMemory(name: string, { used = 0, most = 0, policy = 'noeviction' }: Memory) {
  if (most === 0) return undefined;
  if (!HARMLESS_POLICIES.has(policy)) {
    const message = `${name} may throw the lock away when it is full (maxmemory-policy ${policy})`;
    return warn(SERVER, message, 'set maxmemory-policy to noeviction or allkeys-lru');
  }
  if (policy !== 'noeviction' || used < most * NEARLY_FULL_SHARE) return undefined;
  const message = `${name} uses ${Math.round((100 * used) / most)} % of its memory: when it is full, no lock can be taken`;
  return warn(SERVER, message, 'raise maxmemory, or set maxmemory-policy to allkeys-lru');
}
