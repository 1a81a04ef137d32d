import { createServer, type Socket } from 'node:net';
import { notModifiedOf, type PreparedAnswers, respond } from './prepared-answers.ts';
import type { Traffic } from './traffic.ts';

const NOT_FOUND = respond(404, {}, '{"error":"not found"}');
const END_OF_HEAD = '\r\n\r\n';

/**
 * The local ESI for measurements: raw sockets and prepared answers, no faults and no limits.
 *
 * @param latencyMs before each answer
 * @returns its URL
 */
export async function startFastEsi(
  answers: PreparedAnswers,
  traffic: Traffic,
  latencyMs: number,
): Promise<string> {
  let late = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    readRequests(socket, (head, body) => {
      const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
      traffic.arrive(path);
      const send = () => {
        const [answer, notModified] = choose(answers, path, head, body);
        socket.write(answer);
        traffic.answer(notModified);
      };
      if (latencyMs === 0) send();
      else {
        // A timer of whole milliseconds runs about half of one late: by turns one less, so that
        // the mean is right. It is reported with the figures.
        late = 1 - late;
        setTimeout(send, latencyMs - late);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://127.0.0.1:${port}`;
}

function choose(
  answers: PreparedAnswers,
  path: string,
  head: string,
  body: string,
): readonly [Buffer, notModified: boolean] {
  if (path === '/universe/names') return [answers.names(JSON.parse(body) as number[]), false];
  const prepared = answers.find(path);
  if (prepared === undefined) return [NOT_FOUND, false];
  return head.includes(prepared.etag) ? [notModifiedOf(prepared), true] : [prepared.full, false];
}

function readRequests(socket: Socket, onRequest: (head: string, body: string) => void): void {
  let pending = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    for (let end = pending.indexOf(END_OF_HEAD); end >= 0; end = pending.indexOf(END_OF_HEAD)) {
      const head = pending.slice(0, end);
      const bodyStart = end + END_OF_HEAD.length;
      const bodyEnd = bodyStart + bodyLength(head);
      if (pending.length < bodyEnd) return;
      const body = pending.slice(bodyStart, bodyEnd);
      pending = pending.slice(bodyEnd);
      onRequest(head, body);
    }
  });
}

function bodyLength(head: string): number {
  if (head.startsWith('GET')) return 0;
  return Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
}
