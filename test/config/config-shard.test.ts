import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { faultsOf } from '../support/config-faults.ts';

const SERVERS = { REDIS_URL: 'redis://h', DATABASE_URL: 'postgres://h/d' };

describe('the setting SHARD', () => {
  it('is not set without it, and for a whole of one', () => {
    expect(parseConfig().SHARD).toBeUndefined();
    expect(parseConfig({ SHARD: '1/1' }).SHARD).toBeUndefined();
    expect(parseConfig({ SHARD: '1', JOB_COMPLETION_INDEX: '0' }).SHARD).toBeUndefined();
    expect(parseConfig({ JOB_COMPLETION_INDEX: '2' }).SHARD).toBeUndefined();
  });

  it('names the shard, with a flag before the environment', () => {
    expect(parseConfig({ SHARD: '2/3', ...SERVERS }).SHARD).toEqual({ index: 2, count: 3 });
    expect(parseConfig({ SHARD: '1/3' }, { SHARD: '2/3', ...SERVERS }).SHARD).toEqual({
      index: 1,
      count: 3,
    });
  });

  it('takes the number of the pod from Kubernetes when it is a count alone', () => {
    const pod = { JOB_COMPLETION_INDEX: '2', ...SERVERS };

    expect(parseConfig({ SHARD: '3' }, pod).SHARD).toEqual({ index: 2, count: 3 });
    expect(parseConfig({ SHARD: '0/3' }, pod).SHARD).toEqual({ index: 0, count: 3 });
  });

  it('is a fault as a count alone when Kubernetes gave no such number', () => {
    expect(faultsOf({ SHARD: '3', ...SERVERS })).toEqual([
      'SHARD: 3 alone takes the number of the shard from JOB_COMPLETION_INDEX, which is not set',
    ]);
    for (const index of ['3', '-1', 'x']) {
      expect(faultsOf({ SHARD: '3', JOB_COMPLETION_INDEX: index, ...SERVERS })).toEqual([
        expect.stringContaining('JOB_COMPLETION_INDEX, which is no number below that'),
      ]);
    }
  });

  it.each(['4/3', '1/0', '1/101', 'first', '1-3', '0'])('is a fault as "%s"', (SHARD) => {
    const [fault, ...others] = faultsOf({ SHARD, JOB_COMPLETION_INDEX: '0', ...SERVERS });

    expect(fault).toMatch(/^SHARD: /);
    expect(others).toEqual([]);
  });

  it('needs both servers, and says why, beside all other faults', () => {
    expect(faultsOf({ SHARD: '1/3', LOG_LEVEL: 'loud' })).toEqual([
      expect.stringMatching(/^LOG_LEVEL: /),
      expect.stringMatching(/^SHARD: needs REDIS_URL/),
      expect.stringMatching(/^SHARD: needs DATABASE_URL/),
    ]);
    expect(faultsOf({ SHARD: '1/3', REDIS_URL: 'redis://h' })).toHaveLength(1);
    expect(faultsOf({ SHARD: '1/1' })).toEqual([]);
  });

  it('divides the requests in flight, and leaves the rate to be shared', () => {
    const shard = parseConfig({ SHARD: '1/3', ...SERVERS });

    expect(shard.ESI_CONCURRENCY).toBe(10);
    expect(shard.ESI_MAX_RPS).toBe(50);
    expect(parseConfig({ SHARD: '1/3', ESI_CONCURRENCY: '2', ...SERVERS }).ESI_CONCURRENCY).toBe(1);
  });
});
