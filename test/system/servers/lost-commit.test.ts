import { expect, onTestFinished } from 'vitest';
import { serverTest, startWorld } from '../../support/run-world.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

serverTest.each([
  { what: 'the first write of a run', text: 'INSERT INTO aggregation_runs' },
  { what: 'contracts and their items', text: 'INSERT INTO contract_items' },
  { what: 'what vanished', text: 'INSERT INTO regions' },
  { what: 'types', text: 'INSERT INTO esi_type_cache' },
  { what: 'the end of a run', text: 'summary = $5' },
  { what: 'a lease that is taken', text: 'INSERT INTO run_lease', env: { REDIS_URL: '' } },
  { what: 'a lease that is given back', text: 'SET token = NULL', env: { REDIS_URL: '' } },
])(
  'a run does not mind that the word of a COMMIT is lost: of $what',
  async ({ text, env = {} }) => {
    const world = await startWorld({ contracts: 30 });
    const proxy = await startProxy(world.databaseUrl ?? '');
    onTestFinished(proxy.close);
    proxy.loseCommitOf(text);

    const { summary, log } = await world.run([], { ...env, DATABASE_URL: proxy.url });

    expect(proxy.hasLostCommit).toBe(true);
    expect(summary).toMatchObject({ exitCode: 0, contracts: { inserted: 30 } });
    expect(log.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
    expect(await world.tables.rows('aggregation_runs')).toMatchObject([{ outcome: 'complete' }]);
    await world.expectTruth();
  },
);
