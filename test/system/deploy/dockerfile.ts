import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Copy,
  DockerfileParser,
  type From,
  type Instruction,
  type PropertyInstruction,
} from 'dockerfile-ast';

/** One step of a Dockerfile, with variables filled in. */
export type Step =
  | { readonly kind: 'run'; readonly command: string }
  | {
      readonly kind: 'copy';
      readonly from?: string;
      readonly owner?: string;
      readonly paths: readonly string[];
    }
  | { readonly kind: 'workdir'; readonly path: string };

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly steps: readonly Step[];
}

/** What an image tells the engine about its start. */
export interface ImageSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly folder: string;
  readonly volumes: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface Dockerfile {
  readonly stages: readonly Stage[];
  /** Of the last stage. */
  readonly settings: ImageSettings;
}

/** @throws Error for an instruction that nobody here knows how to follow */
export async function readDockerfile(folder: string): Promise<Dockerfile> {
  const parsed = DockerfileParser.parse(await readFile(join(folder, 'Dockerfile'), 'utf8'));
  const instructions = parsed.getInstructions().filter((one) => one.getKeyword() !== 'ARG');
  const starts = instructions.flatMap((one, index) => (one.getKeyword() === 'FROM' ? [index] : []));
  const parts = starts.map((start, index) => instructions.slice(start, starts[index + 1]));
  return {
    stages: parts.map((part, index) => readStage(part, index)),
    settings: readSettings(parts.at(-1) ?? []),
  };
}

function readStage([from, ...rest]: readonly Instruction[], index: number): Stage {
  const { base, name } = readFrom(from as From);
  return { name: name ?? String(index), base, steps: rest.flatMap(readStep) };
}

function readFrom(from: From) {
  const [image] = from.getExpandedArguments();
  return { base: image?.getValue() ?? '', name: from.getBuildStage() };
}

function readStep(instruction: Instruction): Step[] {
  const words = wordsOf(instruction);
  switch (instruction.getKeyword()) {
    case 'RUN':
      return [{ kind: 'run', command: instruction.getRawArgumentsContent() ?? '' }];
    case 'WORKDIR':
      return [{ kind: 'workdir', path: words[0] ?? '' }];
    case 'COPY':
      return [readCopy(instruction as Copy)];
    case 'ENV':
    case 'USER':
    case 'VOLUME':
    case 'LABEL':
    case 'ENTRYPOINT':
    case 'CMD':
      return [];
    default:
      throw new Error(`nobody here knows how to follow ${instruction.getKeyword()}`);
  }
}

function readCopy(copy: Copy): Step {
  const flags = new Map(copy.getFlags().map((flag) => [flag.getName(), flag.getValue()]));
  const from = flags.get('from');
  const owner = flags.get('chown');
  return { kind: 'copy', paths: wordsOf(copy), ...(from && { from }), ...(owner && { owner }) };
}

function readSettings(stage: readonly Instruction[]): ImageSettings {
  const all = (keyword: string) => stage.filter((one) => one.getKeyword() === keyword);
  const last = (keyword: string) => all(keyword).at(-1)?.getRawArgumentsContent() ?? '';
  const list = (keyword: string) => JSON.parse(last(keyword)) as string[];
  return {
    env: pairs(all('ENV')),
    user: last('USER'),
    folder: last('WORKDIR'),
    volumes: all('VOLUME').flatMap(wordsOf),
    entrypoint: list('ENTRYPOINT'),
    command: list('CMD'),
    labels: pairs(all('LABEL')),
  };
}

function pairs(instructions: readonly Instruction[]): Record<string, string> {
  const properties = instructions.flatMap((one) => (one as PropertyInstruction).getProperties());
  return Object.fromEntries(
    properties.map((property) => [property.getName(), property.getValue() ?? '']),
  );
}

function wordsOf(instruction: Instruction): string[] {
  return instruction.getExpandedArguments().map((argument) => argument.getValue());
}
