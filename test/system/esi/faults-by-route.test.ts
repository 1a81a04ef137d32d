import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalEsi, startLocalEsi } from '../../../fixtures/local-esi/server.ts';
import { generateUniverse } from '../../../fixtures/local-esi/universe.ts';
import { EsiError } from '../../../src/errors.ts';
import type { EsiClient } from '../../../src/esi/client.ts';
import { UndiciTransport } from '../../../src/esi/http/undici-transport.ts';
import { EsiHarness, failureOf, NOW } from '../../esi/esi-harness.ts';
import { idsOf } from '../../esi/listing-pages.ts';
import { ESI_FAULTS, type EsiFault } from '../../support/esi-faults.ts';

const REGION = 10_000_002;
/** Four attempts at a request, and four at a listing. */
const MAX_REQUESTS = 4 * 4;
const PAGE_ROWS = 10;
const SHIPS = 6;
const FRIGATES = 25;

interface Route {
  readonly name: string;
  readonly kind: keyof EsiFault['worth'];
  readonly match: RegExp;
  readonly ask: (client: EsiClient) => Promise<unknown>;
}

const ROUTES: readonly Route[] = [
  { name: 'the first page of a listing', kind: 'listing', match: /page=1$/, ask: readListing },
  { name: 'a later page of a listing', kind: 'listing', match: /page=2$/, ask: readListing },
  { name: 'items', kind: 'items', match: /\/items\//, ask: readItems },
  { name: 'a type', kind: 'static', match: /./, ask: (client) => client.itemType(587) },
  { name: 'a group', kind: 'static', match: /./, ask: (client) => client.group(FRIGATES) },
  { name: 'a category', kind: 'static', match: /./, ask: (client) => client.category(SHIPS) },
  { name: 'the categories', kind: 'static', match: /./, ask: (client) => client.categoryIds() },
  { name: 'the regions', kind: 'static', match: /./, ask: (client) => client.regionIds() },
];

const universe = generateUniverse({ seed: 7, now: NOW, regionIds: [REGION], contracts: 25 });
/** Its items fit on one page, as those of nearly all contracts do. */
const [contractId = 0] = [...universe.items].find(([, rows]) => rows.length < PAGE_ROWS) ?? [];
const transport = new UndiciTransport(8);
let esi: LocalEsi;

beforeAll(async () => {
  // Time stands still here, so errors are never forgotten.
  esi = await startLocalEsi(universe, {
    now: () => NOW,
    pageSize: PAGE_ROWS,
    errorLimit: 1_000_000,
  });
});

afterEach(() => {
  esi.clearFaults();
  esi.resetRequests();
});

afterAll(async () => {
  await transport.close();
  await esi.close();
});

async function readListing(client: EsiClient): Promise<unknown> {
  const listing = await client.publicContracts(REGION);
  return { ids: await idsOf(listing), lastModified: listing.lastModified };
}

/** Broken items are no answer either: the contract stays pending. */
async function readItems(client: EsiClient): Promise<unknown> {
  const answer = await client.contractItems(contractId);
  if (answer.kind === 'broken') throw new EsiError(answer.message);
  return answer;
}

function createClient(): EsiClient {
  return new EsiHarness({ baseUrl: esi.url, transport: transport.send }).client;
}

describe.each(ROUTES)('$name, answered with', ({ kind, match, ask }) => {
  it.each(ESI_FAULTS)(
    '$name: right or nothing, and right when the fault has gone',
    async (fault) => {
      const truth = await ask(createClient());
      const client = createClient();
      esi.resetRequests();
      esi.fault({ match, answer: fault.answer });

      if (fault.worth[kind] === 'harmless') expect(await ask(client)).toEqual(truth);
      else expect(await failureOf(ask(client))).toBeInstanceOf(EsiError);

      expect(esi.requests.length).toBeLessThanOrEqual(MAX_REQUESTS);
      expect(esi.requests.filter(({ kind: asked }) => asked === 'none')).toEqual([]);
      esi.clearFaults();
      expect(await ask(client)).toEqual(truth);
    },
  );
});
