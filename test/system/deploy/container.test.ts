import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { containerTest, makeDistroless, startContainer } from '../../support/container.ts';
import { useTempFolder } from '../../support/temp-folder.ts';

const SCRIPT = `
  const { accessSync, readFileSync, writeFileSync } = require('node:fs');
  const codeOf = (work) => { try { work(); return 'done'; } catch ({ code }) { return code; } };
  const status = readFileSync('/proc/self/status', 'utf8');
  const write = (path) => codeOf(() => writeFileSync(path, 'x'));
  console.log(JSON.stringify({
    pid: process.pid,
    ids: [process.getuid(), process.getgid(), ...process.getgroups()],
    capabilities: [...status.matchAll(/^Cap(?:Eff|Prm|Inh|Bnd|Amb):\\s*(\\w+)/gm)].map((m) => Number(m[1])),
    noNewPrivileges: /^NoNewPrivs:\\s*(\\d)/m.exec(status)[1],
    written: { root: write('/file'), app: write('/app/file'), tmp: write('/tmp/file'), data: write('/data/file') },
    shell: codeOf(() => accessSync('/bin/sh')),
  }));`;

const folder = useTempFolder();

let root = '';

beforeAll(async () => {
  root = join(folder(), 'image');
  await makeDistroless(root, process.execPath);
});

containerTest('a container of the tests gives no more than an engine would', async () => {
  const running = startContainer({
    root,
    command: ['/nodejs/bin/node', '-e', SCRIPT],
    env: {},
    user: 65532,
    group: 65532,
    folder: '/app',
    mounts: [{ path: '/tmp', size: '1m' }],
  });
  const { stdout, stderr } = await running.done;

  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    pid: 1,
    ids: [65532, 65532, 65532],
    capabilities: [0, 0, 0, 0, 0],
    noNewPrivileges: '1',
    written: { root: 'EROFS', app: 'EROFS', tmp: 'done', data: 'EROFS' },
    shell: 'ENOENT',
  });
});
