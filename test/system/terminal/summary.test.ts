import { expect } from 'vitest';
import { contractsOf, itemsOfContract, withItems } from '../../support/run-universe.ts';
import { DOMAIN, startWorld } from '../../support/run-world.ts';
import {
  expectScreen,
  NARROW,
  ONE_BY_ONE,
  terminalTest,
  USUAL,
} from '../../support/terminal-world.ts';
import { startInTerminal } from '../../support/tmux.ts';

const LISTING_OF_DOMAIN = new RegExp(`^/contracts/public/${DOMAIN}\\b`);
const ESCAPE = '\u001b';

terminalTest('a complete run', async () => {
  const world = await startWorld();
  // How many groups tell their category depends on what is asked at once.
  const options = world.processOptions(ONE_BY_ONE);

  const terminal = await startInTerminal(['run'], options, USUAL);

  await expectScreen(await terminal.end(), 'summary-complete-80');
  // The outcome stands out.
  expect(await terminal.screen(true)).toMatch(/\[1m.*\[32mcomplete/);
});

terminalTest('a run over a region that fails, with contracts that cannot be had', async () => {
  const world = await startWorld();
  world.esi.fault({ match: LISTING_OF_DOMAIN, answer: { kind: 'status', status: 404 } });
  for (const contract of withItems(contractsOf(world.universe)).slice(0, 7)) {
    const answer = { kind: 'status', status: 400 } as const;
    world.esi.fault({ match: itemsOfContract(contract), answer });
  }

  const options = world.processOptions({ LOG_LEVEL: 'silent', ...ONE_BY_ONE });
  const terminal = await startInTerminal(['run', '--no-progress'], options, USUAL);

  await expectScreen(await terminal.end(), 'summary-partial-80');
});

terminalTest('a dry run after a change, where there is little room', async () => {
  const world = await startWorld();
  await world.run();
  world.nextListing({ seed: 5, share: 0.3 });

  const options = world.processOptions(ONE_BY_ONE);
  const terminal = await startInTerminal(['run', '--dry-run'], options, NARROW);

  await expectScreen(await terminal.end(), 'summary-dry-run-40');
});

terminalTest('a run that finds nothing new', async () => {
  const world = await startWorld();
  await world.run();

  const terminal = await startInTerminal(['run'], world.processOptions(), USUAL);

  await expectScreen(await terminal.end(), 'summary-unchanged-80');
});

terminalTest('a run that finds the lock held', async () => {
  const world = await startWorld();
  const client = await world.redis.client();
  const options = world.processOptions({ REDIS_KEY_PREFIX: 'golden:' });
  await client.set('golden:lock', 'another run', { PX: 60_000 });

  const terminal = await startInTerminal(['run'], options, USUAL);

  await expectScreen(await terminal.end(), 'summary-locked-80');
  await client.del('golden:lock');
});

terminalTest('NO_COLOR takes all colours away', async () => {
  const world = await startWorld();

  const options = world.processOptions({ NO_COLOR: '1' });
  const terminal = await startInTerminal(['run'], options, USUAL);

  await terminal.end();
  const screen = await terminal.screen(true);
  expect(screen).toContain('complete in');
  expect(screen).not.toContain(ESCAPE);
});

terminalTest('FORCE_COLOR brings them to a pipe', async () => {
  const world = await startWorld();

  const options = world.processOptions({ FORCE_COLOR: '1' });
  const terminal = await startInTerminal(['run'], options, USUAL, {
    after: '2>/dev/null | cat -v',
  });

  expect(await terminal.end()).toContain('^[[32mcomplete');
});
