import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { expect } from 'vitest';
import { REPOSITORY } from '../../support/repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { FOLDERS, kubectlTest, type Manifest, render } from './manifests.ts';

const execute = promisify(execFile);
const MODELS = { CronJob, Job, NetworkPolicy, ConfigMap, PersistentVolumeClaim };
const TYPES: Readonly<Record<string, string>> = {
  CronJob: 'batch/v1/CronJob',
  Job: 'batch/v1/Job',
  NetworkPolicy: 'networking.k8s.io/v1/NetworkPolicy',
  ConfigMap: 'v1/ConfigMap',
  PersistentVolumeClaim: 'v1/PersistentVolumeClaim',
};
const TSC_OPTIONS = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck'];

/** Values: what must be there, of which form, in which bounds. */
function expectValid(manifest: Manifest): void {
  const Model = MODELS[manifest.kind as keyof typeof MODELS];
  expect(Model, `no model of ${manifest.kind}`).toBeDefined();
  new Model(manifest as never).validate();
}

/** Names of fields, which the models let pass: what the types of the API do not know is an error. */
async function typeErrors(manifests: readonly Manifest[]): Promise<string> {
  const folder = await tempFolder();
  const lines = manifests.map(
    (manifest, index) =>
      `export const manifest${index}: import('kubernetes-models/${TYPES[manifest.kind]}').I${manifest.kind} = ${JSON.stringify(manifest, null, 1)};`,
  );
  await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'manifests.mts'), lines.join('\n'));
  return execute(join(REPOSITORY, 'node_modules/.bin/tsc'), [...TSC_OPTIONS, 'manifests.mts'], {
    cwd: folder,
  }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

kubectlTest('what each folder gives is valid by the models and the types of the API', async () => {
  const all = (await Promise.all(FOLDERS.map(render))).flat();

  expect(all.length).toBeGreaterThan(FOLDERS.length);
  for (const manifest of all) expectValid(manifest);
  expect(await typeErrors(all)).toBe('');
});

kubectlTest('the models see a wrong value, the types a wrong name and a wrong word', async () => {
  const cronJob = (await render('base')).find(({ kind }) => kind === 'CronJob') as Manifest;
  const spec = cronJob['spec'] as Record<string, unknown>;
  const altered = (change: object): Manifest => ({ ...cronJob, spec: { ...spec, ...change } });

  expect(() => expectValid(altered({ schedule: undefined }))).toThrow('schedule');
  expect(() => expectValid(altered({ startingDeadlineSeconds: '5m' }))).toThrow('integer');
  const errors = await typeErrors([
    altered({ concurencyPolicy: 'Forbid' }),
    altered({ concurrencyPolicy: 'Never' }),
  ]);
  expect(errors).toMatch(/concurencyPolicy/);
  expect(errors).toMatch(/"Never"/);
});
