import { changesCommand } from '../commands/changes.ts';
import { completionCommand } from '../commands/completion.ts';
import { contractsCommand } from '../commands/contracts.ts';
import { copyCommand } from '../commands/copy.ts';
import { doctorCommand } from '../commands/doctor.ts';
import { exportCommand } from '../commands/export.ts';
import { importCommand } from '../commands/import.ts';
import { migrateCommand } from '../commands/migrate.ts';
import { pricesCommand } from '../commands/prices.ts';
import { pruneCommand } from '../commands/prune.ts';
import { runCommand } from '../commands/run.ts';
import { shipsCommand } from '../commands/ships.ts';
import { sqlCommand } from '../commands/sql.ts';
import { statusCommand } from '../commands/status.ts';
import type { CommandDefinition } from './command.ts';

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [
  runCommand,
  migrateCommand,
  statusCommand,
  shipsCommand,
  contractsCommand,
  pricesCommand,
  changesCommand,
  sqlCommand,
  importCommand,
  exportCommand,
  copyCommand,
  pruneCommand,
  doctorCommand,
  completionCommand,
];
