import { Agent } from 'node:http';
import axios from 'axios';
import { onTestFinished } from 'vitest';
import type { Transport } from '../../../src/esi/http/http.ts';

/** axios' own transport, over node:http, which nock can answer. */
export function axiosTransport(): Transport {
  const httpAgent = new Agent({ keepAlive: true });
  onTestFinished(() => httpAgent.destroy());
  const send = axios.getAdapter('http');
  return (config) => send(Object.assign(config, { httpAgent }));
}
