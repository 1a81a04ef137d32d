import type { WebGet } from '../archive/archive-web.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import type { Migration } from '../database/open/migrations.ts';
import type { ReadSession } from '../database/session/read-session.ts';
import type { Transport } from '../esi/http/http.ts';
import type { Post } from '../monitoring/pinger.ts';
import type { Redis } from '../redis.ts';
import type { Logger } from '../terminal/logging.ts';

/** What a database is wanted for. */
export interface DatabaseUse {
  /** It is only read: a run that is at work in the embedded one is not waited for. */
  readonly toRead?: boolean;
  /** Ends the waiting for a server that has not answered yet. */
  readonly interrupt?: AbortSignal;
  /** To a server, at most. @default as many as a pass needs */
  readonly connections?: number;
  /**
   * A statement without an answer of the server for so long has failed; 0 = no limit, for migrations of large
   * tables. @default that of a pass
   */
  readonly answerTimeoutMs?: number;
}

/** What a session is wanted for. */
export interface SessionUse {
  /** Ends it, whatever it is at. */
  readonly signal: AbortSignal;
  /** A server ends a statement after it by itself. @default never */
  readonly statementTimeoutMs?: number;
}

/** A way to send requests, and to end its connections. */
interface EsiConnections {
  readonly send: Transport;
  close(): Promise<void>;
}

/** A way to tell somebody something, and to end the connections. */
interface WebConnections {
  /** Sends a text and follows no redirect. @returns the status of the answer */
  readonly post: Post;
  /** Asks for something. */
  readonly get: WebGet;
  close(): Promise<void>;
}

/** What a command reaches the outside with. The real ones load their libraries when they are used. */
export interface Adapters {
  /** @throws the client's error when the server cannot be reached */
  connectRedis(url: string, logger: Logger): Promise<Redis>;
  /**
   * The database to write to; closing it gives up what kept others out.
   *
   * @throws DatabaseError when it cannot be opened; LockHeldError when another process has it
   */
  openDatabase(config: Config, clock: Clock, use?: DatabaseUse): Promise<Database>;
  /**
   * A session of its own with the database. The embedded one must be there.
   *
   * @throws DatabaseError when it cannot be opened; LockHeldError when another process has it
   */
  openSession(config: Config, clock: Clock, use: SessionUse): Promise<ReadSession>;
  /** The migrations of this version, oldest first. */
  readMigrations(): Promise<readonly Migration[]>;
  /** @param environment may name proxies */
  connectEsi(
    connections: number,
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<EsiConnections>;
  /** @param environment may name proxies */
  connectWeb(environment: Readonly<Record<string, string | undefined>>): Promise<WebConnections>;
}
