import { expect } from 'vitest';
import { holdStart } from '../../support/held-writes.ts';
import { SINQ_LAISON, startWorld } from '../../support/run-world.ts';
import {
  expectScreen,
  ONE_BY_ONE,
  stallAfter,
  terminalTest,
  USUAL,
} from '../../support/terminal-world.ts';
import { startInTerminal } from '../../support/tmux.ts';

const SMALL_STEPS = { ...ONE_BY_ONE, DB_BATCH_SIZE: '20' };

const PENDING_LINE = /^ *1 pending\n/m;
const COUNT_OF_LAST_BATCH = /[\d,]+(?= (inserted|new|requests|rows|contracts|items)\b)/g;

terminalTest('Ctrl-C stops in order and says what was kept', async () => {
  const world = await startWorld({ contracts: 150 });
  const before = stallAfter(world, SINQ_LAISON, 10);
  const [one = [], other = []] = [...world.universe.contracts.values()];
  const done = one.length + other.length + before;
  const terminal = await startInTerminal(['run'], world.processOptions(SMALL_STEPS), USUAL);
  await terminal.waitFor((screen) => screen.includes(` ${done}/`));

  await terminal.press('C-c');

  const screen = await terminal.end();
  const stored = await world.tables.rows('contracts');
  const items = await world.tables.rows('contract_items');
  expect(stored.length).toBeGreaterThan(one.length + other.length);
  expect(screen).toContain(`stays: ${stored.length} contracts, ${items.length} items;`);
  // The last batch may come before the key, or after it; so may the contract in hand.
  const settled = screen.replace(PENDING_LINE, '').replaceAll(COUNT_OF_LAST_BATCH, '<n>');
  await expectScreen(settled, 'ctrl-c-80');
  expect(await terminal.ask('#{cursor_flag}')).toBe('1');
  expect(await (await world.redis.client()).exists(world.redis.lockKey)).toBe(0);
});

terminalTest('a second Ctrl-C ends what cannot be finished', async () => {
  const world = await startWorld();
  await world.run();
  const held = await holdStart(world.databaseUrl ?? '');
  const terminal = await startInTerminal(['run'], world.processOptions(), USUAL);
  await held.waitUntilReached();
  await terminal.waitFor((screen) => screen.includes('getting ready'));

  await terminal.press('C-c');
  await terminal.waitFor((screen) => screen.includes('press Ctrl-C again'));
  await terminal.press('C-c');

  await expectScreen(await terminal.end(), 'ctrl-c-twice-80');
  expect(await terminal.ask('#{cursor_flag}')).toBe('1');
  await held.release();
});
