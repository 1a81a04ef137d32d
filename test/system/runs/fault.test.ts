import { expect, test } from 'vitest';
import { REPOSITORY } from '../../support/repository.ts';
import { readLog, startCommand } from '../../support/run-process.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Breaks what every run begins with. */
const BROKEN_NODE = `data:text/javascript,${encodeURIComponent(`
  import { createRequire, syncBuiltinESMExports } from 'node:module';
  createRequire('/')('node:v8').setFlagsFromString = () => { throw new TypeError('broken'); };
  syncBuiltinESMExports();
`)}`;

test('a fault of the program is told by file and line of the sources', async () => {
  const bin = `${REPOSITORY}bin/contracts-agg.js`;
  const command = [process.execPath, '--import', BROKEN_NODE, bin, 'run'];

  const folder = await tempFolder();
  const result = await startCommand(command, { env: { HOME: folder }, cwd: folder }).done;

  expect(result).toMatchObject({ exitCode: 70, stdout: '' });
  const [line] = readLog(result);
  expect(line).toMatchObject({ level: 'fatal', msg: 'broken', error: { type: 'TypeError' } });
  const { stack } = (line?.['error'] ?? {}) as { stack: string };
  const places = stack.split('\n').filter((text) => text.includes(REPOSITORY));
  expect(places.length).toBeGreaterThan(2);
  for (const place of places.slice(0, 3)) expect(place).toMatch(/\/src\/[\w/-]+\.ts:\d+:\d+\)?$/);
});
