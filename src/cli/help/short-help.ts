import type { Command, Option } from 'commander'
import { examples } from '../examples.ts'
import { columns, fitted } from '../help-layout.ts'
import type { CommandRow } from '../table/command.ts'

/** Lines of a terminal, without the one of the next prompt. */
const screen = 23

/** The flags that a first use needs, where a command has many. */
const needed: Readonly<Record<string, readonly string[]>> = {
  run: ['server', 'project', 'ref', 'var', 'tokenFile', 'wait', 'dryRun'],
  batch: ['check', 'wait', 'parallel', 'resume', 'server'],
  wait: ['server', 'project', 'runTimeout', 'apiTokenFile'],
  status: ['server', 'project', 'timeline', 'json', 'apiTokenFile'],
  logs: ['project', 'job', 'failed', 'follow', 'apiTokenFile'],
  open: ['server', 'project'],
  artifacts: ['project', 'to', 'job', 'path', 'apiTokenFile'],
  cancel: ['project', 'downstream', 'apiTokenFile'],
  retry: ['project', 'wait', 'follow', 'apiTokenFile'],
  play: ['project', 'var', 'apiTokenFile'],
  pipelines: ['project', 'ref', 'source', 'status', 'json'],
  'tokens list': ['project', 'unusedFor', 'apiTokenFile'],
  'tokens create': ['project', 'description', 'saveTo', 'saveToServer', 'apiTokenFile'],
  'tokens update': ['project', 'description', 'apiTokenFile'],
  'tokens revoke': ['project', 'yes', 'apiTokenFile'],
  'tokens rotate': ['project', 'saveTo', 'saveToServer', 'yes', 'apiTokenFile'],
  'tokens test': ['project', 'tokenFile', 'apiTokenFile'],
  projects: ['mine', 'server', 'apiTokenFile'],
  refs: ['project', 'apiTokenFile'],
  login: ['url', 'name', 'project', 'ref', 'tokenFile', 'createToken', 'apiTokenFile'],
  doctor: ['server', 'project', 'ref', 'tokenFile', 'apiTokenFile'],
  'config show': ['server', 'project', 'ref', 'json'],
}

const ofSchedules = ['at', 'server', 'project', 'ref', 'var']

const has = (names: readonly string[], option: Option): boolean => names.includes(option.attributeName())

/** The flags to show: those that are needed, else the first ones. */
function chosen({ name }: CommandRow, { options }: Command): readonly Option[] {
  const names = needed[name] ?? (name.startsWith('schedule') ? ofSchedules : undefined)
  const known = names && options.filter((option) => has(names, option))
  // In the order of the table, which is that of their use.
  known?.sort((a, b) => (names ?? []).indexOf(a.attributeName()) - (names ?? []).indexOf(b.attributeName()))
  return known ?? options.slice(0, 6)
}

/** Of examples as many as fit into this many lines, at most three; one at least. */
function fitting(lines: readonly string[], width: number, room: number): readonly string[] {
  const heights = lines.map((line) => Math.ceil((line.length + 2) / width))
  const heightOf = (count: number): number => heights.slice(0, count).reduce((sum, height) => sum + height, 0)
  const count = [3, 2, 1].find((each) => heightOf(each) <= room) ?? 1
  return lines.slice(0, count)
}

/** What `-h` prints of a command: one screen with the flags that a first use needs, examples, and where more is. */
export function shortHelp(row: CommandRow, command: Command, usage: string, width: number): string {
  const { name } = row
  const head = fitted(`Usage: ${usage}\n\n${command.description()}\n`, width)
  const rows = chosen(row, command).map(({ flags, description }) => [`  ${flags}`, description])
  const options = rows.length === 0 ? '' : `\n${columns(rows, width)}`
  const tail = `\nAll flags, with defaults: gitlab-trigger ${name} --help\n`
  const used = `${head}${options}${tail}`.split('\n').length + 1
  const lines = fitting(examples[name] ?? [], width, screen - used)
  return `${head}${options}\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}${tail}`
}
