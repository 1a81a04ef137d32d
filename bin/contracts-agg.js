#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const INVALID_SETTINGS = 78;
const FAULT_OF_THE_PROGRAM = 70;

// An old Node fails at the program's syntax and libraries: it must not get to see them.
const fault = faultOfNode(process.versions.node);
if (fault === undefined) {
  const main = await load();
  await main?.(process);
} else {
  tell(fault);
  process.exitCode = INVALID_SETTINGS;
}

/** Left to Node, what cannot be loaded ends with 1, which says that a pass was partial. */
async function load() {
  try {
    const { main } = await import('../dist/main.js');
    return main;
  } catch (error) {
    tell(`the program cannot be loaded: ${error.message}`);
    process.exitCode = FAULT_OF_THE_PROGRAM;
    return undefined;
  }
}

function tell(sentence) {
  process.stderr.on('error', () => undefined);
  try {
    process.stderr.write(process.stderr.isTTY ? `error: ${sentence}\n` : logLine(sentence));
  } catch {
    // A full disk under stderr: the exit code is all that is left.
  }
}

/** What is wrong with this version of Node; undefined for one that will do. */
function faultOfNode(version) {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const needed = JSON.parse(manifest).engines.node.replace('>=', '');
  const [major, minor] = numbersOf(version);
  const [neededMajor, neededMinor] = numbersOf(needed);
  const isNewEnough = major > neededMajor || (major === neededMajor && minor >= neededMinor);
  if (isNewEnough) return undefined;
  return `Node ${version} is too old (${process.execPath}): contracts-agg needs ${needed} or newer`;
}

function numbersOf(version) {
  return version.split('.').map(Number);
}

function logLine(msg) {
  return `${JSON.stringify({ level: 'fatal', time: new Date().toISOString(), msg })}\n`;
}
