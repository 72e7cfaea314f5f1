import { findConfig } from '../config/files/find-config.ts'
import { namesOf } from '../config/layers.ts'
import type { Context } from '../core/context.ts'
import { TriggerError } from '../core/errors.ts'
import { commandFirst } from './command-first.ts'
import { newCommands } from './new-commands.ts'

/** The config file that a line names, as far as words tell; false for none. */
function configIn(argv: readonly string[]): string | false | undefined {
  if (argv.includes('--no-config')) return false
  const at = argv.findIndex((word) => word === '--config' || word.startsWith('--config='))
  const word = argv[at]
  return word?.includes('=') ? word.slice('--config='.length) : word && argv[at + 1]
}

/**
 * The line of a newer command with `run` before it where its name is that of a recipe of the config, too, which it says on stderr; the line
 * as it is where it is not, or asks for help. A config that cannot be used changes nothing here.
 */
export async function withRecipeFirst(argv: readonly string[], context: Context): Promise<readonly string[]> {
  const line = argv[0]?.startsWith('-') ? commandFirst(argv) : argv
  const [name = ''] = line
  if (!newCommands.includes(name) || argv.some((word) => word === '-h' || word === '--help')) return argv
  const config = configIn(argv)
  try {
    const found = await findConfig(config === undefined ? {} : { config }, context)
    if (!namesOf(found, 'recipes').includes(name)) return argv
  } catch (error) {
    if (error instanceof TriggerError) return argv
    throw error
  }
  const isQuiet = argv.includes('-q') || argv.includes('--quiet')
  if (!isQuiet)
    await context.stderr
      .write(`note: this runs the recipe "${name}" of your config, not the command; write: run ${name}\n`)
      .catch(() => undefined)
  return ['run', ...line]
}
