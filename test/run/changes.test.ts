import { expect } from 'vitest';
import { startStoredWorld } from '../support/run-stored-world.ts';
import { CONTRACTS, serverTest, startWorld } from '../support/run-world.ts';

serverTest('the first sight of a region is told of only when it is asked for', async () => {
  const world = await startStoredWorld();

  const news = await world.command(['changes']);
  const all = await world.command(['changes', '--baseline']);

  expect(news).toEqual({ exitCode: 0, stdout: '{"next_since":1,"changes":0}\n', stderr: '' });
  expect(all.stdout.trim().split('\n')).toHaveLength(CONTRACTS + 1);
  expect(all.stdout).toMatch(new RegExp(`\\{"next_since":1,"changes":${CONTRACTS}\\}\n$`));
});

serverTest('what is new or closed after it is told of, with all that readers need', async () => {
  const world = await startStoredWorld();
  const { added, removed } = world.nextListing({ seed: 5, share: 0.1 });
  await world.run();

  const { stdout } = await world.command(['changes', '--since', '1', '--baseline', '--json']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

  const changes = lines.slice(0, -1);
  const withStatus = (status: string) =>
    changes.filter((line) => line.status === status).map((line) => line.contract_id);
  expect(withStatus('outstanding').sort()).toEqual(added.sort());
  expect(withStatus('closed').sort()).toEqual(removed.sort());
  expect(changes.every((line) => line.changed_in === 2)).toBe(true);
  expect(lines.at(-1)).toEqual({ next_since: 2, changes: added.length + removed.length });
});

serverTest(
  'after a day without a look at a region, what is new there is its baseline',
  async () => {
    const world = await startStoredWorld();
    world.forward(25 * 60);
    const { added } = world.nextListing({ seed: 5, share: 0.1 });
    await world.run();

    const { stdout } = await world.command(['changes', '--since', '1']);

    const rows = await world.tables.rows('contracts', 'listed_in = 2');
    expect(rows.map((row) => row['contract_id']).sort()).toEqual(added.sort());
    expect(rows.every((row) => row['is_baseline'] === true)).toBe(true);
    expect(stdout).toBe('{"next_since":2,"changes":0}\n');
  },
);

serverTest('a number that no run of this database has is refused, with what to do', async () => {
  const world = await startWorld();
  await world.run();

  const { exitCode, stdout, stderr } = await world.command(['changes', '--since', '9']);

  expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
  expect(stderr).toMatch(
    /--since 9 is after the last run that has ended, 1: .*--since 0 --baseline/,
  );
});
