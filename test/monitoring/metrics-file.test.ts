import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  metricsRemedy,
  readMetricsFile,
  writeMetricsFile,
} from '../../src/monitoring/metrics-file.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a metrics file', () => {
  it('can be read by every user, although the process writes only for its own', async () => {
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    const path = join(await tempFolder(), 'a.prom');

    await writeMetricsFile(path, 'x 1\n', 'one');

    expect((await stat(path)).mode & 0o777).toBe(0o644);
    expect(await readMetricsFile(path)).toBe('x 1\n');
  });

  it('is never seen half-written, and no draft stays', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'a.prom');
    const texts = ['1', '2'].map((digit) => `${digit.repeat(200_000)}\n`);
    await writeMetricsFile(path, texts[0] ?? '', 'first');
    const seen = new Set<string>();
    let isWriting = true;
    const reader = (async () => {
      while (isWriting) seen.add(await readFile(path, 'utf8'));
    })();

    for (let n = 0; n < 40; n += 1) await writeMetricsFile(path, texts[n % 2] ?? '', `run-${n}`);
    isWriting = false;
    await reader;

    expect([...seen].sort()).toEqual(texts);
    expect(await readdir(folder)).toEqual(['a.prom']);
  });

  it('has a draft that node_exporter does not read', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'a.prom'));
    await writeFile(join(folder, 'a.prom', 'in the way'), '');

    // A folder cannot be replaced: the draft is there until then.
    const failure = await failureOf(writeMetricsFile(join(folder, 'a.prom'), 'x 1\n', 'one'));

    expect(failure).toMatchObject({ dest: join(folder, 'a.prom') });
    expect(failure).toMatchObject({ path: expect.not.stringMatching(/\.prom$/) });
    expect(await readdir(folder)).toEqual(['a.prom']);
  });

  it('that is not there is empty', async () => {
    expect(await readMetricsFile(join(await tempFolder(), 'a.prom'))).toBe('');
  });

  it.each([
    ['in a folder that is missing', 'missing/a.prom', /create the folder/],
    ['below a file', 'file/a.prom', /METRICS_FILE: a part of it is no folder/],
    ['that is a folder', 'folder.prom', /it names a folder/],
    ['below a loop of links', 'loop/a.prom', /see whether this user can write files in .*loop$/],
  ])('%s fails with an error that has a remedy', async (_, name, remedy) => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'folder.prom'));
    await writeFile(join(folder, 'file'), '');
    await symlink('loop', join(folder, 'loop'));
    const path = join(folder, name);

    const failure = await failureOf(writeMetricsFile(path, 'x 1\n', 'one'));

    expect(failure).toBeInstanceOf(Error);
    expect(metricsRemedy(path, failure)).toMatch(remedy);
  });
});
