import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exists, ifExists } from '../../src/files/existing.ts';
import { tempFolder } from '../support/temp-folder.ts';

it('a file, a folder and what cannot be looked at are there; other names are not', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'file'), 'text');
  await symlink('loop', join(folder, 'loop'));
  await symlink('nothing', join(folder, 'dangling'));

  expect(await exists(folder)).toBe(true);
  expect(await exists(join(folder, 'file'))).toBe(true);
  expect(await exists(join(folder, 'loop'))).toBe(true);
  expect(await exists(join(folder, 'dangling'))).toBe(false);
  expect(await exists(join(folder, 'nothing'))).toBe(false);
});

it('only a missing file reads as nothing', async () => {
  const folder = await tempFolder();

  expect(await ifExists(readFile(join(folder, 'nothing')))).toBeUndefined();
  await expect(ifExists(readFile(folder))).rejects.toMatchObject({ code: 'EISDIR' });
});
