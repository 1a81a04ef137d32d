import { MAX_SHARDS, parseShard, type Shard } from './shard.ts';

/** Kubernetes gives each pod of an Indexed Job its number in this variable. */
export const JOB_INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';

/** What the setting depends on, as it was given. */
export interface ShardSources {
  readonly SHARD?: string | undefined;
  readonly jobIndex?: string | undefined;
  readonly REDIS_URL?: string | undefined;
  readonly DATABASE_URL?: string | undefined;
}

interface ShardSetting {
  /** Undefined for a run that does the whole pass. */
  readonly shard: Shard | undefined;
  readonly faults: readonly string[];
}

/** Reads the setting `SHARD`: `<i>/<n>`, or `<n>` alone with the number that Kubernetes gave. */
export function readShard(sources: ShardSources): ShardSetting {
  const { SHARD: text, jobIndex } = sources;
  if (text === undefined) return { shard: undefined, faults: [] };
  const isCount = /^\s*\d{1,3}\s*$/.test(text);
  if (isCount && !isIndexBelow(jobIndex, Number(text))) {
    // Not the value: whoever mixed variables up may have put a password there.
    const given = jobIndex === undefined ? 'is not set' : 'is no number below that';
    return fault(
      `${text.trim()} alone takes the number of the shard from ${JOB_INDEX_VARIABLE}, which ${given}`,
    );
  }
  const shard = parseShard(isCount ? `${jobIndex}/${text.trim()}` : text);
  if (shard === undefined) {
    return fault(`expected <i>/<n> with i from 0 to n and n from 1 to ${MAX_SHARDS}`);
  }
  if (shard === 'unsharded') return { shard: undefined, faults: [] };
  return { shard, faults: missingServers(sources) };
}

function isIndexBelow(index: string | undefined, count: number): boolean {
  return index !== undefined && /^\d{1,3}$/.test(index) && Number(index) < count;
}

function missingServers({ REDIS_URL, DATABASE_URL }: ShardSources): string[] {
  return [
    ...(REDIS_URL ? [] : ['SHARD: needs REDIS_URL, where the shards share locks and ESI budget']),
    ...(DATABASE_URL ? [] : ['SHARD: needs DATABASE_URL, since the shards fill one database']),
  ];
}

function fault(text: string): ShardSetting {
  return { shard: undefined, faults: [`SHARD: ${text}`] };
}
