import type {
  BudgetReport,
  Reservation,
  SharedBudget,
} from '../../../src/sharding/shared-budget.ts';
import { settle } from '../manual-clock.ts';
import { GovernorHarness } from './governor-harness.ts';

const NO_NEWS = { pauseMs: 0, errors: 0, windowMs: 0, askAgainMs: 0 };

/** A budget that answers what a test says, when it says so. */
class ScriptedBudget implements SharedBudget {
  readonly sharers = 3;
  asked = 0;
  /** A start for whoever asks, at once. */
  repliesAtOnce = false;
  readonly reports: BudgetReport[] = [];
  readonly #replies: ((reply: Promise<Reservation>) => void)[] = [];

  reserve(): Promise<Reservation> {
    this.asked += 1;
    if (this.repliesAtOnce) return Promise.resolve({ startMs: 0, ...NO_NEWS });
    return new Promise((resolve) => this.#replies.push(resolve));
  }

  async report(report: BudgetReport): Promise<void> {
    this.reports.push(report);
  }

  /** Answers the oldest question. */
  async reply(reservation: Partial<Reservation> = {}): Promise<void> {
    this.#next()(Promise.resolve({ startMs: 0, ...NO_NEWS, ...reservation }));
    await settle();
  }

  async fail(): Promise<void> {
    this.#next()(Promise.reject(new Error('no answer')));
    await settle();
  }

  #next() {
    const reply = this.#replies.shift();
    if (reply === undefined) throw new Error('nobody asked');
    return reply;
  }
}

/** A governor of one shard, and the budget that it has in common with two others. */
export function createHarness(concurrency = 100) {
  const budget = new ScriptedBudget();
  return { budget, harness: new GovernorHarness({ concurrency, sharedBudget: budget }) };
}
