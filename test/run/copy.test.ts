import { expect, onTestFinished, test } from 'vitest';
import { createServerDatabase, executeOn } from '../support/databases.ts';
import { prepareEmbedded } from '../support/pristine-pglite.ts';
import { TABLES, Tables } from '../support/run-tables.ts';
import {
  hasServers,
  serverTest,
  startWorld,
  type World,
  type WorldOptions,
} from '../support/run-world.ts';

const PASSWORD = 'pw-of-the-target';
const PLACES = ['constellations', 'systems', 'locations', 'system_jumps'] as const;

async function emptyTarget() {
  const { url: text, drop } = await createServerDatabase();
  onTestFinished(drop);
  const url = new URL(text);
  url.password = PASSWORD;
  return { url: url.href, tables: Tables.onServer(url.href) };
}

/** Two runs have filled it, with a history. */
async function filledWorld(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld(options);
  if (world.databaseUrl === undefined) await prepareEmbedded(world.dataDir);
  await world.run([], { OUTCOME_PROBES: '0' });
  world.nextListing({ seed: 3, share: 0.2 });
  await world.run([], { OUTCOME_PROBES: '0' });
  return world;
}

async function copy(world: World, url: string, ...args: string[]) {
  const { exitCode, stdout, stderr } = await world.command(['copy', '--to', url, ...args]);
  expect(stdout + stderr).not.toContain(PASSWORD);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return { exitCode, stdout, said: last === '' ? '' : (JSON.parse(last).msg as string) };
}

const places = test.runIf(hasServers).each([
  { from: 'the embedded database', embedded: true },
  { from: 'a server', embedded: false },
]);

places('all that $from holds is copied, and a pass there changes nothing', async ({ embedded }) => {
  const world = await filledWorld({ embedded });
  const target = await emptyTarget();

  const { exitCode, stdout } = await copy(world, target.url, '--json');

  expect(exitCode).toBe(0);
  const stored = await world.tables.readAll(...TABLES, ...PLACES);
  expect(await target.tables.readAll(...TABLES, ...PLACES)).toEqual(stored);
  const { isNew, rows } = JSON.parse(stdout);
  expect(isNew).toBe(true);
  expect(rows).toMatchObject({
    contracts: stored.contracts.length,
    contract_items: stored.contract_items.length,
    systems: stored.systems.length,
  });
  const { summary } = await world.run([], { DATABASE_URL: target.url, OUTCOME_PROBES: '0' });
  const nothing = { inserted: 0, updated: 0, closed: 0, expired: 0, reopened: 0 };
  expect(summary).toMatchObject({ outcome: 'complete', contracts: nothing });
  const again = await copy(world, target.url);
  expect(again).toMatchObject({ exitCode: 74, said: expect.stringContaining('is not empty') });
});

serverTest('a copy that is begun again finds that all is there already', async () => {
  const world = await filledWorld();
  const target = await emptyTarget();
  await copy(world, target.url);
  const { exitCode, stdout } = await copy(world, target.url);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/: there already: nothing to copy; in the database /);
});

serverTest.each(['SIGKILL', 'SIGTERM'] as const)(
  'a copy that is ended by %s leaves nothing, and the next one is whole',
  async (signal) => {
    const world = await filledWorld();
    const target = await emptyTarget();
    const copying = world.spawn(['copy', '--to', target.url]);
    await expect.poll(() => copying.output.stderr, { timeout: 60_000 }).toContain('table copied');
    copying.kill(signal);
    const { exitCode } = await copying.done;
    expect(exitCode).toBe(signal === 'SIGKILL' ? null : 143);
    expect(await target.tables.names()).toEqual([]);
    expect(await copy(world, target.url)).toMatchObject({ exitCode: 0 });
  },
);

serverTest('what does not come as it was sent is found, and nothing of it stays', async () => {
  const world = await filledWorld();
  const target = await emptyTarget();
  await world.command(['migrate'], { DATABASE_URL: target.url });
  await executeOn(
    target.url,
    `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN NEW.price := NEW.price + 0.01; RETURN NEW; END $$;
     CREATE TRIGGER spoil BEFORE INSERT ON contracts FOR EACH ROW EXECUTE FUNCTION spoil()`,
  );
  expect(await copy(world, target.url)).toMatchObject({
    exitCode: 74,
    said: expect.stringMatching(/^nothing was copied: contracts has \d+ rows there and \d+ here/),
  });
  expect(await target.tables.rows('contracts')).toEqual([]);
  expect(await target.tables.rows('regions')).toEqual([]);
});

serverTest('a database cannot be copied into itself', async () => {
  const world = await filledWorld();
  const before = await world.tables.readAll(...TABLES);
  const { exitCode, said } = await copy(world, world.databaseUrl ?? '');
  expect(exitCode).toBe(74);
  expect(said).toMatch(/^--to names the database that is to be copied/);
  expect(await world.tables.readAll(...TABLES)).toEqual(before);
});

serverTest('where there is nothing, nothing is copied', async () => {
  const world = await startWorld();
  const target = await emptyTarget();
  const { exitCode, said } = await copy(world, target.url);
  expect({ exitCode, said }).toEqual({ exitCode: 74, said: 'there is nothing to copy' });
  expect(await target.tables.names()).toEqual([]);
});

serverTest.each([
  ['postgres://u:pw-of-the-target@127.0.0.1:1/x', 74, /ECONNREFUSED.*see that .* --to names it/],
  ['http://u:pw-of-the-target@127.0.0.1/x', 64, /^--to: expected a URL that starts with postgres:/],
])('a target that is none is told of without its password: %s', async (url, exitCode, words) => {
  const world = await startWorld();
  expect(await copy(world, url)).toMatchObject({ exitCode, said: expect.stringMatching(words) });
});

test('a target has to be named', async () => {
  const world = await startWorld({ embedded: true });
  const { exitCode, stderr } = await world.command(['copy']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('--to is missing');
});
