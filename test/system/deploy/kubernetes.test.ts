import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ms from 'ms';
import { expect } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import { REPOSITORY } from '../../support/repository.ts';
import { FOLDERS, jobOf, kubectlTest, render } from './manifests.ts';

/** The program stops in order within this time (src/main.ts). */
const STOP_TIMEOUT_SECONDS = 25;
/** What a Job waits before its tries: 10 s, then twice as long each time. */
const FIRST_BACKOFF_SECONDS = 10;
/** BENCHMARKS.md, at 50,000 contracts; with servers, and while the embedded database is made. */
const MIB_OF_A_PASS = 205;
const MIB_TO_MAKE_EMBEDDED = 900;

kubectlTest.each(FOLDERS)('the pods of %s have no right that they do not need', async (folder) => {
  const { spec } = jobOf(await render(folder)).template;

  expect(spec).toMatchObject({
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  });
  expect(spec.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(STOP_TIMEOUT_SECONDS);
});

kubectlTest.each(['base', 'overlays/embedded'])(
  'the times and the memory of %s fit the program',
  async (folder) => {
    const { activeDeadlineSeconds, template } = jobOf(await render(folder));
    const [{ args, resources }] = template.spec.containers;
    const timeLimit = args[args.indexOf('--time-limit') + 1] as ms.StringValue;
    const needed = folder.endsWith('embedded') ? MIB_TO_MAKE_EMBEDDED : MIB_OF_A_PASS;

    expect(args[0]).toBe('run');
    // To be scheduled, to finish what is in hand, and to stop.
    expect(activeDeadlineSeconds - ms(timeLimit) / 1000).toBeGreaterThanOrEqual(300);
    expect(Number(/^(\d+)Mi$/.exec(resources.limits.memory)?.[1])).toBeGreaterThan(1.5 * needed);
  },
);

kubectlTest('the tries of a job outlast the lock that a killed pod leaves', async () => {
  const { backoffLimit = 0 } = jobOf(await render('base'));
  const { LOCK_TTL_SECONDS } = parseConfig();

  expect(FIRST_BACKOFF_SECONDS * (2 ** backoffLimit - 1)).toBeGreaterThan(LOCK_TTL_SECONDS);
});

kubectlTest.each(FOLDERS)('%s asks for the image of this version', async (folder) => {
  const { version } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'));

  const [{ image }] = jobOf(await render(folder)).template.spec.containers;

  expect(image.split('/').at(-1)).toBe(`contracts-agg:${version}`);
});

kubectlTest('the example tells every setting that it changes, and its namespace', async () => {
  const manifests = await render('overlays/example');

  for (const { metadata } of manifests) expect(metadata['namespace']).toBe('contracts');
  expect(manifests.find(({ kind }) => kind === 'ConfigMap')?.data).toEqual({
    ESI_CONTACT: 'you@example.com',
    LOG_LEVEL: 'info',
    REGION_IDS: 'all',
    TZ: 'UTC',
  });
});

kubectlTest('the README of the manifests tells every folder, Secret and exit code', async () => {
  const readme = await readFile(join(REPOSITORY, 'deploy/kubernetes/README.md'), 'utf8');
  const jobs = (await Promise.all(FOLDERS.map(render))).map(jobOf);
  const containers = jobs.map(({ template }) => template.spec.containers[0]);
  const secrets = containers.flatMap(({ env, envFrom }) => [
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef.name),
    ...envFrom.map(({ secretRef }) => secretRef?.name),
  ]);
  const codes = jobs.flatMap(({ podFailurePolicy }) =>
    podFailurePolicy.rules.flatMap(({ onExitCodes }) => onExitCodes?.values ?? []),
  );

  for (const folder of FOLDERS) expect(readme).toContain(`| \`${folder}\``);
  const named = [...new Set(secrets.filter((name) => name !== undefined))];
  expect(named.sort()).toEqual(['contracts-agg', 'contracts-agg-owner']);
  for (const name of named) expect(readme).toContain(`kubectl create secret generic ${name} `);
  for (const code of codes) expect(readme).toMatch(new RegExp(`^\\|[ \\d,]*\\b${code}\\b`, 'm'));
});
