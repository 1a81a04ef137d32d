import type { ShipsFlags } from '../cli.ts';
import type { CommandContext } from '../composition.ts';
export async function shipsCommand(context: CommandContext, flags: ShipsFlags): Promise<number> {
  void context;
  void flags;
  return 0;
}
