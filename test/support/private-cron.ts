import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './installed-program.ts';

/** Whether there is a cron that can be started beside everything else. */
export function hasCron(): boolean {
  const programs = ['cron', 'crontab', 'unshare'].map(findProgram);
  if (programs.includes(undefined)) return false;
  if (userInfo().uid === 0) return true;
  if (process.env['CI']) throw new Error('CI needs to be root, to start a cron of its own');
  console.warn('only root can start a cron of its own: the tests that need it are skipped');
  return false;
}

/** In mounts of its own: no crontab of the machine, and a sendmail that only keeps what it gets. */
const START = `
set -eu
work=$1
mount -t tmpfs none /var/spool/cron/crontabs
mount -t tmpfs none /etc/cron.d
mount --bind /dev/null /etc/crontab
mount -t tmpfs none /run
mount --bind /usr/sbin "$work/sbin"
mount -t tmpfs none /usr/sbin
ln -s "$work"/sbin/* /usr/sbin/
rm -f /usr/sbin/sendmail
printf '#!/bin/sh\\n{ echo "$@"; cat; } > "%s/mails/$$"\\n' "$work" > /usr/sbin/sendmail
chmod 755 /usr/sbin/sendmail
crontab "$work/crontab"
exec cron -f
`;

/** Debian's cron, with one crontab of root. */
export interface PrivateCron {
  /** The mails that it sent so far, with the arguments of sendmail as their first line. */
  mails(): Promise<readonly string[]>;
  /** Whether a command is at work, or its mail on the way. */
  isBusy(): Promise<boolean>;
  /** All that it said, if it ended by itself. */
  readonly complaints: string;
  stop(): Promise<void>;
}

export async function startCron(crontab: string): Promise<PrivateCron> {
  const work = await mkdtemp(join(tmpdir(), 'contracts-agg-cron-'));
  await Promise.all(['mails', 'sbin'].map((name) => mkdir(join(work, name))));
  await writeFile(join(work, 'crontab'), crontab);
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', work];
  // Each of them becomes the next, so that this is cron in the end.
  const cron = spawn(findProgram('unshare') ?? '', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  for (const stream of [cron.stdout, cron.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
  }
  const ended = new Promise<void>((resolve) => cron.once('exit', () => resolve()));
  return {
    mails: async () => {
      const names = await readdir(join(work, 'mails'));
      return Promise.all(names.map((name) => readFile(join(work, 'mails', name), 'utf8')));
    },
    isBusy: async () => (await childrenOf(cron.pid ?? 0)).length > 0,
    get complaints() {
      return cron.exitCode === null ? '' : `cron ended: ${complaints}`;
    },
    stop: async () => {
      cron.kill('SIGTERM');
      await ended;
      await rm(work, { recursive: true, force: true });
    },
  };
}

async function childrenOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter((child) => child !== '');
}
