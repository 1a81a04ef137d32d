import type { CommandContext } from '../composition/command-context.ts';
import type { Settings } from '../config/settings.ts';

/** An option or argument as data. Its key in a definition is its name: `dryRun` is `--dry-run`. */
export interface OptionDefinition {
  /** What the help says of it; an option without is known as `--no-…` only. */
  readonly description?: string;
  /** What the help says of its `--no-…`. */
  readonly no?: string;
  /** What stands for the value in the help; `<path>` is completed with files. Else it is a switch. */
  readonly value?: string;
  /** Several texts, by commas or by repeating the option. */
  readonly isList?: true;
  /** The texts that are understood. */
  readonly choices?: readonly string[];
  /** What a shell offers as values, beside others that are understood. */
  readonly suggestions?: 'regions' | 'hulls' | 'ship groups' | 'log levels';
  /** @throws InvalidArgumentError for what is no such value */
  readonly parse?: (text: string) => unknown;
  readonly byDefault?: unknown;
  /** What the help says instead of the value by default. */
  readonly byDefaultMeans?: string;
  /** The setting that the value is for; it wins over the environment. */
  readonly setting?: keyof Settings;
  /** The value is a URL that may hold a password. */
  readonly isSecret?: true;
  /** The key of an option that must not stand beside it. */
  readonly conflictsWith?: string;
}

export type Options = Readonly<Record<string, OptionDefinition>>;

type NoOptions = Readonly<Record<never, never>>;

/** What a handler finds under the keys of its options, and of its arguments. */
export type FlagsOf<O extends Options, A extends Options = NoOptions> = {
  readonly [Key in keyof O]: ValueOf<O[Key]>;
} & { readonly [Key in keyof A]: Given<A[Key]> };

type ValueOf<O extends OptionDefinition> = O extends { byDefault: unknown }
  ? Given<O>
  : O extends { description: string }
    ? Given<O> | undefined
    : Given<O>;

type Given<O extends OptionDefinition> = O extends { isList: true }
  ? readonly (O extends { choices: readonly (infer Choice)[] } ? Choice : string)[]
  : O extends { parse: (text: string) => infer Value }
    ? Value
    : O extends { choices: readonly (infer Choice)[] }
      ? Choice
      : O extends { value: string }
        ? string
        : O extends { no: string }
          ? boolean
          : true;

interface Description<O extends Options, A extends Options> {
  readonly name: string;
  readonly description: string;
  /** Those that must follow the name, in their order. */
  readonly arguments?: A;
  /** Beside the global ones. */
  readonly options: O;
  /** Each runs as it stands. */
  readonly examples: readonly string[];
  /** What the help says last. */
  readonly notes?: string;
}

interface Work<Flags> {
  /** It works although settings have faults, which it tells. */
  readonly acceptsFaultySettings?: true;
  /** It only reads: a signal ends it at once, since nothing is to be finished. */
  readonly onlyReads?: true;
  /**
   * Does the work. What is not needed to define the command is imported in here.
   *
   * @returns the exit code
   */
  handle(context: CommandContext, flags: Flags): Promise<number>;
}

interface Words<Flags> {
  /** @returns what goes to stdout */
  print(flags: Flags, commands: readonly CommandDefinition[]): string;
}

/** What the options and arguments of some command say. */
type AnyFlags = Readonly<Record<string, unknown>>;

/** A command that works with settings, a log, a database. */
type WorkingCommand = Description<Options, Options> & Work<AnyFlags>;

/** Any command; one with `print` is about the commands themselves, needs no setting, opens nothing. */
export type CommandDefinition = Description<Options, Options> & (Work<AnyFlags> | Words<AnyFlags>);

/** What an option has that no option can have: a slip of the pen, which must not compile. */
type Misspelt<O extends Options> = {
  readonly [Key in keyof O]: {
    readonly [Name in Exclude<keyof O[Key], keyof OptionDefinition>]: never;
  };
};

/** A command for the list; its handler's flags are those that its options say. */
export function defineCommand<const O extends Options, const A extends Options = NoOptions>(
  definition: Description<O & Misspelt<O>, A> & (Work<FlagsOf<O, A>> | Words<FlagsOf<O, A>>),
): CommandDefinition {
  return definition;
}

/** `dryRun` → `dry-run` */
export function nameOfOption(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What the command line asks for. */
export interface Invocation {
  readonly command: WorkingCommand;
  readonly flags: AnyFlags;
  /** The settings that options gave. */
  readonly settings: Readonly<Partial<Record<keyof Settings, string>>>;
  /** Values of options that may hold passwords. */
  readonly secretUrls: readonly string[];
  /** Where settings are read from instead of `.env`. */
  readonly envFile: string | undefined;
  /** It prints nothing but that it failed. */
  readonly isQuiet: boolean;
}
