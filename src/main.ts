import { parse } from './cli/program.ts'
import { shownCommand } from './cli/shown-command.ts'
import type { Context } from './context.ts'
import { asTriggerError } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import { withSink } from './output/sink.ts'

/**
 * The program: what was typed and the world, in; the exit code, out. The only catch: whatever is thrown below ends here as words on
 * stderr and a number. Never throws, never exits.
 */
export async function main(argv: readonly string[], world: Context): Promise<number> {
  const context: Context = {
    ...withSink(world),
    command: (isRecipeKnown) => shownCommand(argv, isRecipeKnown),
  }
  let isJsonOwed = argv.includes('--json')
  try {
    const invocation = parse(argv)
    isJsonOwed = false
    if (invocation.kind === 'text') {
      await context.stdout.write(invocation.text).catch(() => undefined)
      return exitCodes.success.code
    }
    const carry = await invocation.load()
    return await carry(invocation.typed, context)
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    const { printFailure, printFailureJson } = await import('./output/failure.ts')
    if (isJsonOwed) await printFailureJson(failure, context)
    await printFailure(failure, context, argv.includes('--no-color') ? false : undefined)
    return failure.exitCode
  }
}
