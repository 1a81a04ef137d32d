import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Mount, makeDistroless, startContainer } from '../../support/container.ts';
import { REPOSITORY } from '../../support/repository.ts';
import type { Environment, RunningProcess } from '../../support/run-process.ts';
import { readDockerfile } from './dockerfile.ts';
import { jobOf, type Manifest } from './manifests.ts';

/** Secrets of the cluster: name → key → value. */
type Secrets = Readonly<Record<string, Environment>>;

export interface PodOptions {
  /** Where the image stands: see `makePodImage`. */
  readonly image: string;
  readonly manifests: readonly Manifest[];
  readonly secrets: Secrets;
  /** What a test sets otherwise than the manifest: the address of ESI, regions. */
  readonly overrides?: Environment;
  /** Folder for the persistent volume, if there is one. */
  readonly volume?: string;
}

/** The base image alone; each pod mounts the built program of this repository into it. */
export async function makePodImage(folder: string): Promise<string> {
  const image = join(folder, 'image');
  await makeDistroless(image, process.execPath);
  return image;
}

/** Starts the pod of a job: its very command, arguments, environment, user and volumes. */
export async function startPod(options: PodOptions): Promise<RunningProcess> {
  const { image, manifests, secrets, overrides = {}, volume } = options;
  const { settings } = await readDockerfile(REPOSITORY);
  const { containers, securityContext } = jobOf(manifests).template.spec;
  const [{ command = settings.entrypoint, args }] = containers;
  const fsGroup = securityContext['fsGroup'] as number | undefined;
  if (fsGroup !== undefined) await giveToGroup(present(volume), fsGroup);
  return startContainer({
    root: image,
    command: [...command, ...args],
    env: { ...settings.env, ...environmentOf(manifests, secrets), ...overrides },
    user: securityContext.runAsUser,
    group: securityContext.runAsGroup,
    supplementaryGroup: fsGroup,
    folder: settings.folder,
    mounts: [{ path: '/app', source: REPOSITORY, readOnly: true }, ...mountsOf(manifests, volume)],
  });
}

/** What a cluster does with a volume for `fsGroup`. */
async function giveToGroup(volume: string, group: number): Promise<void> {
  await mkdir(volume, { recursive: true });
  await chown(volume, 0, group);
  await chmod(volume, 0o2775);
}

/** @throws Error for a ConfigMap or Secret that nobody made */
function environmentOf(manifests: readonly Manifest[], secrets: Secrets): Environment {
  const [{ env, envFrom }] = jobOf(manifests).template.spec.containers;
  const maps = manifests.filter(({ kind }) => kind === 'ConfigMap');
  const configMap = (name: string) => maps.find(({ metadata }) => metadata.name === name)?.data;
  const shared = envFrom.map(({ configMapRef, secretRef }) =>
    present(configMapRef ? configMap(configMapRef.name) : secrets[secretRef?.name ?? '']),
  );
  const own = env.map(
    ({ name, value, valueFrom: { secretKeyRef } = { secretKeyRef: undefined } }) => [
      name,
      present(value ?? secrets[secretKeyRef?.name ?? '']?.[secretKeyRef?.key ?? '']),
    ],
  );
  return Object.assign({}, ...shared, Object.fromEntries(own)) as Environment;
}

function mountsOf(manifests: readonly Manifest[], volume = ''): Mount[] {
  const { containers, volumes } = jobOf(manifests).template.spec;
  return containers[0].volumeMounts.map(({ name, mountPath }) => {
    const found = present(volumes.find((one) => one.name === name));
    const { sizeLimit } = (found['emptyDir'] ?? {}) as { sizeLimit?: string };
    return sizeLimit === undefined
      ? { path: mountPath, source: volume, readOnly: false }
      : { path: mountPath, size: sizeLimit.replace('Mi', 'm') };
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the manifest names what is not there');
  return value;
}
