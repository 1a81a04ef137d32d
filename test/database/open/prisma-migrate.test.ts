import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../support/repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const execute = promisify(execFile);
const PRISMA = join(REPOSITORY, 'node_modules/.bin/prisma');
const IN_ENVIRONMENT = 'postgresql://in-environment.invalid/contracts';
const IN_FILE = 'postgresql://in-file.invalid/contracts';
/** Prisma's engine is a download. This one only tells what it is asked to do, and fails. */
const ENGINE = `#!/bin/sh
echo "$@" >>asked
exit 1
`;

/** A checkout, as far as Prisma needs one. @param settings of its `.env` */
async function checkout(settings: string): Promise<string> {
  const folder = await tempFolder();
  await mkdir(join(folder, 'prisma'));
  for (const file of ['prisma.config.ts', 'package.json', 'prisma/schema.prisma']) {
    await copyFile(join(REPOSITORY, file), join(folder, file));
  }
  for (const path of ['prisma/migrations', 'node_modules']) {
    await symlink(join(REPOSITORY, path), join(folder, path));
  }
  await writeFile(join(folder, '.env'), settings);
  await writeFile(join(folder, 'engine'), ENGINE, { mode: 0o755 });
  return folder;
}

/** What the engine is asked by `prisma migrate`. */
async function asked(folder: string, command: string, env: Record<string, string>) {
  const { PATH = '', HOME = '' } = process.env;
  const engine = join(folder, 'engine');
  const own = { PATH, HOME, CHECKPOINT_DISABLE: '1', PRISMA_SCHEMA_ENGINE_BINARY: engine };
  const running = execute(PRISMA, ['migrate', command], { cwd: folder, env: { ...own, ...env } });
  await expect(running).rejects.toThrow();
  return readFile(join(folder, 'asked'), 'utf8').catch(() => '');
}

describe.each(['status', 'deploy'])('prisma migrate %s', (command) => {
  test('asks the database of the environment, whatever .env says', async () => {
    const folder = await checkout(`DATABASE_URL=${IN_FILE}\n`);

    const text = await asked(folder, command, { DATABASE_URL: IN_ENVIRONMENT });

    expect(text).toContain(IN_ENVIRONMENT);
    expect(text).not.toContain(IN_FILE);
  });

  test('asks the database of .env', async () => {
    const folder = await checkout(`DATABASE_URL=${IN_FILE}\n`);

    expect(await asked(folder, command, {})).toContain(IN_FILE);
  });

  test('asks nobody where no database is named', async () => {
    expect(await asked(await checkout(''), command, {})).toBe('');
  });
});
