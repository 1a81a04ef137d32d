// Run after `npm install` where the registry is a mirror that lacks the binaries of some platforms:
// npm then leaves them out of the lock file, and `npm ci` refuses a lock file without them, on
// every platform. This adds them back, by the versions that their packages ask for.
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK_FILE = 'package-lock.json';
const PLATFORM = /-(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-([a-z]+))?$/;

const lock = JSON.parse(readFileSync(LOCK_FILE, 'utf8'));
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const platform = PLATFORM.exec(name);
    if (platform === null) continue;
    lock.packages[`node_modules/${name}`] ??= entryOf(version, platform, owner);
  }
}
const byName = Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1));
lock.packages = Object.fromEntries(byName);
writeFileSync(LOCK_FILE, `${JSON.stringify(lock, null, 2)}\n`);

function entryOf(version, [, os, cpu, abi], { dev, license }) {
  const libc = abi?.startsWith('musl') ? 'musl' : 'glibc';
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(os === 'linux' ? { libc: [libc] } : {}),
    ...(license ? { license } : {}),
    optional: true,
    os: [os],
  };
}
