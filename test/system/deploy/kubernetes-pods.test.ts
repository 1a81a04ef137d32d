import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { endOfError } from '../../../src/report/exit-code.ts';
import { containerServerTest, containerTest } from '../../support/container.ts';
import { freePort } from '../../support/machine.ts';
import type { Environment } from '../../support/run-process.ts';
import { startWorld, THE_FORGE, type World } from '../../support/run-world.ts';
import { useTempFolder } from '../../support/temp-folder.ts';
import { actionAfter, jobOf, type Manifest, render } from './manifests.ts';
import { makePodImage, startPod } from './pods.ts';

const folder = useTempFolder();
let image = '';

beforeAll(async () => {
  image = await makePodImage(folder());
});

/** The Secrets that the README of the manifests tells to make. */
function secretsOf({ env }: World): Readonly<Record<string, Environment>> {
  const { DATABASE_URL = '', REDIS_URL = '' } = env;
  return { 'contracts-agg': { DATABASE_URL, REDIS_URL }, 'contracts-agg-owner': { DATABASE_URL } };
}

/** What differs between the cluster and a test: where ESI is, and what is in it. */
function overridesOf({ env }: World): Environment {
  const { ESI_BASE_URL = '', ESI_MAX_RPS = '', REGION_IDS = '', REDIS_KEY_PREFIX = '' } = env;
  return { ESI_BASE_URL, ESI_MAX_RPS, REGION_IDS, ...(REDIS_KEY_PREFIX && { REDIS_KEY_PREFIX }) };
}

async function runPod(world: World, manifests: readonly Manifest[], env: Environment = {}) {
  const overrides = { ...overridesOf(world), ...env };
  const pod = { image, manifests, secrets: secretsOf(world), overrides };
  return (await startPod({ ...pod, volume: world.dataDir })).done;
}

containerServerTest(
  'the migration Job makes the tables, and the CronJob makes a pass',
  async () => {
    const world = await startWorld({ start: new Date() });

    const migration = await runPod(world, await render('migrate'));
    expect(migration).toMatchObject({ exitCode: 0 });
    expect(await world.tables.names()).toContain('contracts');
    const pass = await runPod(world, await render('base'));

    expect(pass).toMatchObject({ exitCode: 0 });
    await world.expectTruth();
  },
);

containerTest(
  'the CronJob without servers keeps everything on its volume',
  async () => {
    const world = await startWorld({ embedded: true, start: new Date(), regionIds: [THE_FORGE] });

    const pass = await runPod(world, await render('overlays/embedded'));
    expect(pass).toMatchObject({ exitCode: 0 });

    const { stdout } = await world.command(['ships', '--format', 'json'], {
      DATA_DIR: join(world.dataDir, 'contracts-agg'),
    });
    expect(JSON.parse(stdout).length).toBeGreaterThan(0);
  },
  180_000,
);

// What each code means to the CronJob: FailJob waits for the next time, Count tries again at once.
containerServerTest.each([
  [
    1,
    'FailJob',
    async ({ esi }: World) => {
      esi.fault({ match: /./, answer: { kind: 'status', status: 500 } });
      return {};
    },
  ],
  [69, 'Count', async () => ({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` })],
  [74, 'Count', async () => ({ DATABASE_URL: `postgres://x@127.0.0.1:${await freePort()}/x` })],
  [
    75,
    'Count',
    async ({ redis }: World) => {
      await (await redis.client()).set(redis.lockKey, 'another run');
      return {};
    },
  ],
  [78, 'FailJob', async () => ({ LOG_LEVEL: 'loud' })],
] as const)('exit code %i of a pod means %s to the CronJob', async (exitCode, action, fault) => {
  const world = await startWorld({ start: new Date(), regionIds: [THE_FORGE], contracts: 6 });
  const manifests = await render('base');

  const pod = await runPod(world, manifests, await fault(world));

  expect(pod).toMatchObject({ exitCode });
  expect(actionAfter(exitCode, jobOf(manifests))).toBe(action);
});

containerServerTest('wrong arguments, and faults of the program, are not tried again', async () => {
  const world = await startWorld({ start: new Date() });
  const manifests = await render('base');
  const misspelt = JSON.stringify(manifests).replace('--time-limit', '--tiem-limit');

  const pod = await runPod(world, JSON.parse(misspelt) as Manifest[]);

  expect(pod).toMatchObject({ exitCode: 64 });
  expect(actionAfter(64, jobOf(manifests))).toBe('FailJob');
  const { exitCode } = endOfError(new TypeError('a fault of the program'));
  expect(exitCode).toBe(70);
  expect(actionAfter(exitCode, jobOf(manifests))).toBe('FailJob');
});
