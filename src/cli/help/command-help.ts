import type { Command, HelpConfiguration } from 'commander'
import type { CommandRow } from '../table/command.ts'
import { sourcesText } from './flag-sources.ts'
import { shortMainHelp } from './main-help.ts'
import { shortHelp } from './short-help.ts'

/** How help is asked for, and laid out. */
export interface HelpLook {
  /** In columns. */
  width: number
  /** One screen, for `-h`. */
  isShort: boolean
}

/** How commander lays out the help of a command: with `--help` all flags, each with where else its value comes from. */
export function commandHelp(row: CommandRow, { width, isShort }: HelpLook): HelpConfiguration {
  if (!isShort)
    return { optionDescription: (option) => option.description + sourcesText(row, option.attributeName()) }
  return {
    formatHelp: (command, helper) => shortHelp(row, command, helper.commandUsage(command), width),
  }
}

/** A command in the list of commands, with its arguments. Only the one of the line has its options yet: none are spoken of. */
function commandTerm(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return [command.name(), ...words].join(' ')
}

/** The same of the program itself, and of a group, whose commands are one screen in any case; undefined for `help` alone. */
export function mainHelpLook(look: HelpLook | undefined): HelpConfiguration {
  if (!look?.isShort) return { subcommandTerm: commandTerm }
  return { formatHelp: (command) => shortMainHelp(command.description(), look.width) }
}

/** The width of help: that of COLUMNS, else that of the terminal, else 80; wide lines are hard to read. */
export function helpWidth(
  { isTTY, columns }: { isTTY: boolean; columns: number },
  env: Readonly<Record<string, string | undefined>>,
): number {
  const typed = /^\d{1,4}$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : 0
  if (typed > 0) return Math.min(Math.max(typed, 40), 200)
  return isTTY ? Math.min(Math.max(columns, 40), 100) : 80
}
