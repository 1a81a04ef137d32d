import { defineCommand } from '../cli/command.ts';
import { completionScript, SHELLS } from '../cli/completion-script.ts';

export const completionCommand = defineCommand({
  name: 'completion',
  description: 'prints a script that completes commands and options in a shell',
  arguments: { shell: { value: '<shell>', description: 'whose script', choices: SHELLS } },
  options: {},
  examples: [
    'source <(contracts-agg completion bash)   # in ~/.bashrc',
    'contracts-agg completion zsh              # into a file named _contracts-agg in the $fpath',
    'contracts-agg completion fish             # into ~/.config/fish/completions/contracts-agg.fish',
  ],
  print: ({ shell }, commands) => completionScript(shell, commands),
});
