import type { StatusFlags } from '../cli.ts';
import type { CommandContext } from '../composition.ts';
export async function statusCommand(context: CommandContext, flags: StatusFlags): Promise<number> {
  void context;
  void flags;
  return 0;
}
