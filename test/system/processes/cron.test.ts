import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, onTestFinished, test } from 'vitest';
import { freePort } from '../../support/machine.ts';
import { hasCron, startCron } from '../../support/private-cron.ts';
import type { Environment } from '../../support/run-process.ts';
import { startWorld, THE_FORGE, type World } from '../../support/run-world.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** cron begins a command at the start of a minute. */
const PATIENCE = { timeout: 115_000, interval: 250 };
const ENV_FILE = '/etc/contracts-agg.env';
const LOG_FILE = '/var/log/contracts-agg/contracts-agg.log';

const hasServers = inject('postgresUrl') !== null && inject('redisUrl') !== null;
const cronTest = test.runIf(hasServers && hasCron());

/** A run with settings of its own: where they are, and where its log goes. */
interface Job {
  readonly envFile: string;
  readonly logFile: string;
}

/** The lines of crontab.example: assignments, and commands without their times. */
async function readExample() {
  const lines = (await readFile(join(ROOT, 'crontab.example'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const commands = lines.filter((line) => /^[\d*]/.test(line));
  return {
    assignments: lines.filter((line) => /^[A-Z]+=/.test(line)),
    commands: commands.map((line) => line.split(' ').slice(5).join(' ')),
  };
}

async function writeJob(world: World, name: string, changes: Environment = {}): Promise<Job> {
  const envFile = join(world.folder, `${name}.env`);
  const settings = Object.entries({ ...world.env, ...changes });
  await writeFile(envFile, settings.map(([key, value]) => `${key}='${value}'\n`).join(''));
  return { envFile, logFile: join(world.folder, `${name}.log`) };
}

/** The command of the example, with other paths. */
function adapted(command: string, { envFile, logFile }: Job): string {
  return command
    .replaceAll('/opt/contracts-agg/', ROOT)
    .replaceAll(ENV_FILE, envFile)
    .replaceAll(LOG_FILE, logFile);
}

function linesOf(log: string): Record<string, unknown>[] {
  const lines = log.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What stands below the headers. */
function bodyOf(mail: string): string {
  return mail.slice(mail.indexOf('\n\n') + 2);
}

cronTest(
  'crontab.example under cron: silence on success, one short mail on failure',
  { timeout: 150_000 },
  async () => {
    const { assignments, commands } = await readExample();
    const [run = '', watch = ''] = commands;
    expect(assignments).toHaveLength(2);
    expect(commands).toHaveLength(2);
    const world = await startWorld({ start: new Date(), contracts: 12, regionIds: [THE_FORGE] });
    await world.run();
    const good = await writeJob(world, 'good');
    const held = await writeJob(world, 'held', { REDIS_KEY_PREFIX: `${world.redis.prefix}held:` });
    const client = await world.redis.client();
    await client.set(`${world.redis.prefix}held:lock`, 'another run');
    const port = await freePort();
    const broken = await writeJob(world, 'broken', {
      REDIS_KEY_PREFIX: `${world.redis.prefix}broken:`,
      DATABASE_URL: `postgres://me:hunter2@127.0.0.1:${port}/d`,
    });
    const surroundings = join(world.folder, 'surroundings');
    const crontab = [
      ...assignments.map((line) => line.replace(/^PATH=/, `PATH=${dirname(process.execPath)}:`)),
      ...[run, watch].map((command) => `* * * * * ${adapted(command, good)}`),
      `* * * * * ${adapted(run, held)}`,
      ...[run, watch].map((command) => `* * * * * ${adapted(command, broken)}`),
      `* * * * * { pwd; env; } > ${surroundings}`,
    ];

    const cron = await startCron(crontab.map((line) => `${line}\n`).join(''));
    onTestFinished(() => cron.stop());
    const logs = [good, held, broken].map(({ logFile }) => logFile);
    const readLogs = () => Promise.all(logs.map((path) => readFile(path, 'utf8').catch(() => '')));
    await expect
      .poll(async () => {
        const ends = (await readLogs()).map((log) => log.includes('"run finished"'));
        return { complaints: cron.complaints, ends, isBusy: await cron.isBusy() };
      }, PATIENCE)
      .toEqual({ complaints: '', ends: [true, true, true], isBusy: false });

    const ends = (await readLogs()).map((log) => linesOf(log).at(-1));
    expect(ends).toMatchObject([
      { msg: 'run finished', summary: { exitCode: 0 } },
      { msg: 'run finished', summary: { exitCode: 75 } },
      { msg: 'run finished', summary: { exitCode: 74 } },
    ]);
    const mails = await cron.mails();
    expect(mails.every((mail) => mail.split('\n')[0]?.endsWith(' admin@example.com'))).toBe(true);
    const ofRuns = mails.filter((mail) => /^Subject: .* run --quiet /m.test(mail));
    expect(ofRuns).toHaveLength(1);
    expect(bodyOf(ofRuns[0] ?? '').split('\n')).toEqual([
      expect.stringMatching(/^contracts-agg run: failed, exit code 74, after \d+\.\d s$/),
      expect.stringMatching(/^ {2}the database d at 127\.0\.0\.1:.*see that the server runs/),
      `The log is in ${broken.logFile}: look for ${ends[2]?.['runId']}.`,
      '',
    ]);
    const ofWatch = mails.filter((mail) => /^Subject: .* status --max-age /m.test(mail));
    expect(ofWatch).toHaveLength(1);
    expect(bodyOf(ofWatch[0] ?? '')).toMatch(/^error: the database d at 127\.0\.0\.1:[^\n]*\n$/);
    expect(mails).toHaveLength(2);
    expect(mails.join()).not.toContain('hunter2');
    const [folder, ...variables] = (await readFile(surroundings, 'utf8')).trim().split('\n');
    expect(folder).toBe(homedir());
    expect(variables.map((variable) => variable.split('=')[0]).sort()).toEqual([
      'HOME',
      'LOGNAME',
      'MAILTO',
      'PATH',
      'PWD',
      'SHELL',
    ]);
  },
);
