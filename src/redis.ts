import { createClient, RESP_TYPES } from 'redis';
import type { Logger } from './terminal/logging.ts';

const CONNECT_TIMEOUT_MS = 5000;
const COMMAND_TIMEOUT_MS = 5000;
const MAX_RECONNECT_DELAY_MS = 1000;

/** What the program uses of a connection. */
export type Redis = Pick<RedisConnection, 'run' | 'runBinary' | 'close'>;

type Client = ReturnType<typeof newClient>;
type BinaryClient = ReturnType<typeof asBinary>;

/** The one connection to Redis or Valkey, shared by lock and cache. No command waits for ever. */
export class RedisConnection {
  readonly #client: Client;
  readonly #binary: BinaryClient;

  private constructor(client: Client) {
    this.#client = client;
    this.#binary = asBinary(client);
  }

  /** @throws the client's error when the server cannot be reached within 5 s */
  static async open(url: string, logger: Logger): Promise<RedisConnection> {
    const client = newClient(url);
    client.on('error', (error: unknown) => logger.debug({ error }, 'redis connection failed'));
    try {
      await withTimeout(client.connect(), CONNECT_TIMEOUT_MS);
    } catch (error) {
      client.destroy();
      throw error;
    }
    return new RedisConnection(client);
  }

  /**
   * Runs a command.
   *
   * @param patienceMs wait this long at most, and never longer than 5 s
   * @throws the client's error, or an error when there is no answer in time
   */
  run<T>(command: (client: Client) => Promise<T>, patienceMs = COMMAND_TIMEOUT_MS): Promise<T> {
    return withTimeout(command(this.#client), Math.min(patienceMs, COMMAND_TIMEOUT_MS));
  }

  /** As `run`, with bulk strings answered as buffers. */
  runBinary<T>(command: (client: BinaryClient) => Promise<T>): Promise<T> {
    return withTimeout(command(this.#binary), COMMAND_TIMEOUT_MS);
  }

  close(): void {
    this.#client.destroy();
  }
}

function newClient(url: string) {
  let wasReady = false;
  const client = createClient({
    url,
    // Proxies and servers that lack HELLO speak nothing else, and no answer needs more.
    RESP: 2,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      // The first connection fails at once, so that the run can fail closed.
      reconnectStrategy: (retries) =>
        wasReady && Math.min(50 * 2 ** retries, MAX_RECONNECT_DELAY_MS),
    },
  });
  client.on('ready', () => {
    wasReady = true;
  });
  return client;
}

function asBinary(client: Client) {
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer from the server in ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
