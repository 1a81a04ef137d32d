import { Readable } from 'node:stream';
import type { Random } from '../../fixtures/local-esi/random.ts';
import type { CommandContext } from '../../src/composition/command-context.ts';
import { run } from '../../src/composition/run.ts';
import { parseConfig } from '../../src/config/config.ts';
import { Database } from '../../src/database/database.ts';
import type { Migration } from '../../src/database/open/migrations.ts';
import { InterruptedError } from '../../src/errors.ts';
import type { Summary } from '../../src/report/summary.ts';
import { createLogger } from '../../src/terminal/logging.ts';
import { ResultStream } from '../../src/terminal/result-stream.ts';
import { Screen } from '../../src/terminal/screen.ts';
import type { SimulatedDatabase, StatementFault } from './simulated-database.ts';
import type { SimulatedEsi } from './simulated-esi.ts';
import { type Fate, SimulatedProcess } from './simulated-process.ts';
import type { CommandFault, SimulatedRedis } from './simulated-redis.ts';
import { simulatedTransport } from './simulated-transport.ts';
import type { VirtualTime } from './virtual-time.ts';

const MAX_LATENCY_MS = 150;

/** Everything outside of the program. */
export interface SimulatedWorld {
  readonly time: VirtualTime;
  readonly esi: SimulatedEsi;
  readonly redis: SimulatedRedis;
  readonly database: SimulatedDatabase;
  readonly migrations: readonly Migration[];
}

export interface RunPlan {
  readonly name: string;
  readonly runId: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly fate: Fate;
  /** Share of the statements at which the connection breaks. */
  readonly brokenStatements: number;
  /** Share of the commands to Redis that get no answer. */
  readonly brokenCommands: number;
  readonly timeLimitMs: number | undefined;
}

/** Watches what a run does. */
export interface RunWatcher {
  /** A transaction that wrote rows is committed. */
  onCommit(runId: string, statements: readonly string[]): void;
  /** Hears the log; undefined where nobody listens, which is faster. */
  readonly log: ((line: string) => void) | undefined;
}

/** One run of the program on its way, in this process. */
export class SimulatedRun {
  readonly plan: RunPlan;
  readonly process: SimulatedProcess;
  readonly #interrupt = new AbortController();
  #summary: Summary | undefined;
  #fault: unknown;

  constructor(plan: RunPlan, world: SimulatedWorld, random: Random, watcher: RunWatcher) {
    this.plan = plan;
    this.process = new SimulatedProcess(plan.name, world.time, plan.fate);
    const context = this.#createContext(world, random, watcher);
    const options = {
      regions: context.config.REGION_IDS,
      dryRun: false,
      migrate: false,
      timeLimitMs: plan.timeLimitMs,
      showProgress: false,
    };
    run(context, options).then(
      (summary) => {
        this.#summary = summary;
      },
      (error: unknown) => {
        this.#fault = error ?? new Error('run failed without a reason');
      },
    );
  }

  get hasEnded(): boolean {
    return this.process.isDead || this.#summary !== undefined || this.#fault !== undefined;
  }

  /** Undefined for a run that was killed. */
  get summary(): Summary | undefined {
    return this.process.isDead ? undefined : this.#summary;
  }

  /** What `run` threw, which it never should. */
  get fault(): unknown {
    return this.#fault;
  }

  terminate(): void {
    if (!this.process.isDead) this.#interrupt.abort(new InterruptedError('SIGTERM'));
  }

  #createContext(world: SimulatedWorld, random: Random, watcher: RunWatcher): CommandContext {
    const { plan, process } = this;
    const { time, esi, redis, database } = world;
    const latencyMs = () => random.int(0, MAX_LATENCY_MS);
    const send = simulatedTransport(process, { esi, time, latencyMs });
    const nextFault = faultOf<StatementFault>(random, plan.brokenStatements, 'before', 'after');
    const commandFault = faultOf<CommandFault>(random, plan.brokenCommands, 'lost', 'unanswered');
    const onCommit = (statements: readonly string[]) => watcher.onCommit(plan.runId, statements);
    const logger = createLogger({
      level: watcher.log === undefined ? 'silent' : 'debug',
      runId: plan.runId,
      pretty: false,
      secrets: [],
      write: (line) => watcher.log?.(line),
    });
    return {
      config: parseConfig(plan.settings),
      settingFaults: [],
      secrets: [],
      logger,
      clock: process.clock,
      random: () => random.next(),
      runId: plan.runId,
      environment: {},
      interrupt: this.#interrupt.signal,
      adapters: {
        connectRedis: () => redis.connect(process, commandFault, latencyMs),
        openDatabase: async (_config, clock) => {
          const adapter = database.connect({ process, nextFault, latencyMs, onCommit });
          return new Database({ adapter, clock, close: () => process.step() });
        },
        openSession: () => Promise.reject(new Error('a simulated run opens no session')),
        readMigrations: async () => world.migrations,
        connectEsi: async () => ({ send, close: () => Promise.resolve() }),
        connectWeb: () => Promise.reject(new Error('a simulated run pings nobody')),
      },
      stdin: Readable.from([]),
      stdout: new ResultStream(NOWHERE),
      screen: new Screen(NOWHERE, {}),
    };
  }
}

/** Nothing is printed by `run` itself. */
const NOWHERE = { isTTY: false, on: () => undefined } as unknown as NodeJS.WriteStream;

function faultOf<Kind>(random: Random, share: number, ...kinds: readonly Kind[]) {
  return (): Kind | undefined => (random.chance(share) ? random.pick(kinds) : undefined);
}
