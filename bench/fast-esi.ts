import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { Universe } from '../fixtures/local-esi/universe.ts';

const PAGE_ROWS = 1000;
const PAGE_LIMIT = 35;

/** Answers made beforehand: the program is measured, not the server. */
interface Prepared {
  readonly full: Buffer;
  readonly notModified: Buffer;
  readonly etag: string;
}

export interface FastEsiOptions {
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** Milliseconds until listings expire; 0 makes every pass ask again. */
  readonly listingLifeMs: number;
}

export interface FastEsi {
  readonly url: string;
  /** Times of arrival, in milliseconds. */
  readonly arrivals: number[];
  readonly counts: { requests: number; notModified: number; maxInFlight: number };
  close(): void;
}

/** The local ESI for measurements: raw sockets and prepared answers, no faults and no limits. */
export async function startFastEsi(universe: Universe, options: FastEsiOptions): Promise<FastEsi> {
  const answers = prepare(universe, options.listingLifeMs);
  const counts = { requests: 0, notModified: 0, maxInFlight: 0 };
  const arrivals: number[] = [];
  let inFlight = 0;
  const answer = (head: string): Buffer => {
    const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
    const prepared = answers.get(path);
    if (prepared === undefined) return NOT_FOUND;
    if (!head.includes(prepared.etag)) return prepared.full;
    counts.notModified += 1;
    return prepared.notModified;
  };
  const server = createServer({ noDelay: true }, (socket) => {
    readRequests(socket, (head) => {
      counts.requests += 1;
      inFlight += 1;
      counts.maxInFlight = Math.max(counts.maxInFlight, inFlight);
      arrivals.push(performance.now());
      const send = () => {
        inFlight -= 1;
        socket.write(answer(head));
      };
      if (options.latencyMs === 0) send();
      else setTimeout(send, options.latencyMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, arrivals, counts, close: () => server.close() };
}

const NOT_FOUND = respond(404, {}, '{"error":"not found"}');

function readRequests(socket: Socket, onRequest: (head: string) => void): void {
  let pending = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
      const head = pending.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      pending = pending.slice(end + 4 + length);
      onRequest(head);
    }
  });
}

function prepare(universe: Universe, listingLifeMs: number): Map<string, Prepared> {
  const answers = new Map<string, Prepared>();
  const day = 24 * 3600 * 1000;
  const add = (path: string, body: unknown, lifeMs: number, pages?: number) =>
    answers.set(path, prepared(body, lifeMs, pages));
  const addPages = (path: string, rows: readonly unknown[], lifeMs: number) => {
    const count = Math.min(PAGE_LIMIT, Math.max(1, Math.ceil(rows.length / PAGE_ROWS)));
    for (let page = 1; page <= count; page += 1) {
      const body = rows.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
      add(`${path}?page=${page}`, body, lifeMs, count);
    }
  };
  for (const [id, rows] of universe.contracts) {
    addPages(`/contracts/public/${id}`, rows, listingLifeMs);
  }
  for (const [id, rows] of universe.items)
    addPages(`/contracts/public/items/${id}`, rows, 3_600_000);
  for (const [id, type] of universe.types) add(`/universe/types/${id}`, type, day);
  for (const [id, group] of universe.groups) add(`/universe/groups/${id}`, group, day);
  for (const [id, category] of universe.categories)
    add(`/universe/categories/${id}`, category, day);
  add('/universe/categories', [...universe.categories.keys()], day);
  add('/universe/regions', [...universe.regions.keys()], day);
  const names = [...universe.regions.values()].map(({ regionId, name }) => ({
    id: regionId,
    name,
  }));
  add('/universe/names', names, 0);
  return answers;
}

const STARTED_AT = new Date();

function prepared(body: unknown, lifeMs: number, pages: number | undefined): Prepared {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha1').update(text).digest('hex')}"`;
  const headers = {
    ETag: etag,
    'Last-Modified': STARTED_AT.toUTCString(),
    Expires: new Date(STARTED_AT.getTime() + lifeMs).toUTCString(),
    'X-Esi-Error-Limit-Remain': '100',
    'X-Esi-Error-Limit-Reset': '60',
  };
  const paged = pages === undefined ? headers : { ...headers, 'X-Pages': String(pages) };
  return { etag, full: respond(200, paged, text), notModified: respond(304, headers, '') };
}

function respond(status: number, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = status === 304 ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(
    `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\n${length}${lines.join('')}\r\n${body}`,
  );
}
