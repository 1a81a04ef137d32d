import { expect } from 'vitest';
import { serverTest, startWorld } from '../support/run-world.ts';

serverTest('a first run asks for no URL twice', async () => {
  const world = await startWorld();

  await world.run();

  const urls = world.esi.requests.map(({ method, path }) => `${method} ${path}`);
  expect(urls.filter((url, index) => urls.indexOf(url) !== index)).toEqual([]);
});
