import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { openLogFile } from '../../src/terminal/log-file.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Takes every open, and no byte. */
const FULL_DISK = '/dev/full';

function refuse(line: string): void {
  throw new Error(`not written to the file: ${line}`);
}

it('a log file gets each line at once, behind those of earlier runs', async () => {
  const path = join(await tempFolder(), 'a.log');
  await writeFile(path, 'before\n');
  const write = openLogFile(path, refuse);

  write('one\n');
  expect(await readFile(path, 'utf8')).toBe('before\none\n');
  write('two\n');

  expect(await readFile(path, 'utf8')).toBe('before\none\ntwo\n');
});

it('a line that finds no room on the disk goes elsewhere', () => {
  const lines: string[] = [];
  const write = openLogFile(FULL_DISK, (line) => lines.push(line));

  write('one\n');

  expect(lines).toEqual(['one\n']);
});

it('a log file that cannot be opened is a wrong setting', async () => {
  const path = join(await tempFolder(), 'missing', 'a.log');

  expect(() => openLogFile(path, refuse)).toThrow(ConfigError);
  expect(() => openLogFile(path, refuse)).toThrow(/LOG_FILE: cannot be opened .*ENOENT/);
});
