import { AxiosError, AxiosHeaders, CanceledError, type InternalAxiosRequestConfig } from 'axios';
import type { Answer } from '../../fixtures/local-esi/answers.ts';
import type { Transport } from '../../src/esi/http/http.ts';
import { settled } from '../../src/esi/http/undici-transport.ts';
import type { SimulatedEsi } from './simulated-esi.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Network {
  readonly esi: SimulatedEsi;
  readonly time: VirtualTime;
  /** Milliseconds that a message is on its way. */
  readonly latencyMs: () => number;
}

/** Carries the requests of one process to the simulated ESI, and the answers back. */
export function simulatedTransport(process: SimulatedProcess, network: Network): Transport {
  const { esi, time, latencyMs } = network;
  return async (config) => {
    await process.step();
    const path = (config.url ?? '').replace(config.baseURL ?? '', '');
    const request = {
      method: (config.method ?? 'get').toUpperCase(),
      path,
      headers: lowerCased(config.headers as Record<string, unknown>),
      body: String(config.data ?? ''),
    };
    const answered = time.wait(latencyMs()).then(async () => {
      const answer = esi.answer(request);
      await time.wait(latencyMs());
      return answer;
    });
    const answer = await Promise.race([answered, abortOf(config)]);
    await process.step();
    if (answer === 'hang') return abortOf(config);
    if (answer === 'reset') throw new AxiosError('socket hang up', 'ECONNRESET', config);
    return toResponse(answer, config);
  };
}

/** Rejects when the request is called off, as real transports do. */
function abortOf({ signal }: InternalAxiosRequestConfig): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(new CanceledError());
    signal?.addEventListener?.('abort', () => reject(new CanceledError()));
  });
}

function toResponse({ status, headers, body }: Answer, config: InternalAxiosRequestConfig) {
  const read = Object.assign(new AxiosHeaders(), lowerCased(headers));
  return settled({ status, statusText: '', headers: read, data: body.toString(), config });
}

function lowerCased(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
