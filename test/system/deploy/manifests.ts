import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { findOnPath } from '../../support/machine.ts';
import { REPOSITORY } from '../../support/repository.ts';

const execute = promisify(execFile);

/** `kubectl kustomize` needs no cluster; and CI has to have it. */
export const kubectlTest = test.runIf(
  (await findOnPath('kubectl')) !== undefined || process.env['CI'] !== undefined,
);

/** Every folder that `kubectl apply -k` takes. */
export const FOLDERS = ['base', 'migrate', 'overlays/example', 'overlays/embedded'] as const;

const name = z.object({ name: z.string() });
const container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()),
  env: z
    .array(
      z.object({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z.object({ secretKeyRef: name.extend({ key: z.string() }) }).optional(),
      }),
    )
    .default([]),
  envFrom: z
    .array(z.object({ configMapRef: name.optional(), secretRef: name.optional() }))
    .default([]),
  resources: z.object({ limits: z.object({ memory: z.string() }) }),
  securityContext: z.record(z.string(), z.unknown()),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
});
const job = z.object({
  activeDeadlineSeconds: z.number(),
  backoffLimit: z.number().optional(),
  podFailurePolicy: z.object({
    rules: z.array(
      z.object({
        action: z.string(),
        onExitCodes: z
          .object({ containerName: z.string(), values: z.array(z.number()) })
          .optional(),
      }),
    ),
  }),
  template: z.object({
    spec: z.object({
      containers: z.tuple([container]),
      restartPolicy: z.string(),
      terminationGracePeriodSeconds: z.number(),
      automountServiceAccountToken: z.boolean(),
      securityContext: z.looseObject({ runAsUser: z.number(), runAsGroup: z.number() }),
      volumes: z.array(z.looseObject({ name: z.string() })),
    }),
  }),
});
const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
});

export type Manifest = z.output<typeof manifest>;
export type JobSpec = z.output<typeof job>;

/** What `kubectl apply -k` would send. */
export async function render(folder: string): Promise<Manifest[]> {
  const path = join(REPOSITORY, 'deploy/kubernetes', folder);
  const { stdout } = await execute('kubectl', ['kustomize', path]);
  return parseAllDocuments(stdout).map((document) => manifest.parse(document.toJS()));
}

/** The job among the manifests, whether a CronJob makes it or it stands alone. */
export function jobOf(manifests: readonly Manifest[]): JobSpec {
  const found = manifests.find(({ kind }) => kind === 'CronJob' || kind === 'Job');
  if (found?.kind === 'Job') return job.parse(found['spec']);
  const cronJob = z.object({ jobTemplate: z.object({ spec: job }) });
  return cronJob.parse(found?.['spec']).jobTemplate.spec;
}

/** What becomes of the job after an exit code, by the first rule that knows it. */
export function actionAfter(exitCode: number, { podFailurePolicy }: JobSpec): string {
  const rule = podFailurePolicy.rules.find(({ onExitCodes }) =>
    onExitCodes?.values.includes(exitCode),
  );
  return rule?.action ?? 'Count';
}
