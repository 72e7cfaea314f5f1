import type { Context } from './context.ts'
import { asTriggerError } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import { withSink } from './output/sink.ts'
import { version } from './version.ts'

const isVersion = ([first, ...others]: readonly string[]): boolean =>
  (first === '--version' || first === '-V') && others.length === 0

/**
 * The program: what was typed and the world, in; the exit code, out. The only catch: whatever is thrown below ends here as words on
 * stderr and a number. Never throws, never exits.
 */
export async function main(argv: readonly string[], world: Context): Promise<number> {
  const context = withSink(world)
  let isJsonOwed = argv.includes('--json')
  try {
    if (isVersion(argv)) {
      await context.stdout.writeAtOnce(`${version}\n`).catch(() => undefined)
      return exitCodes.success.code
    }
    const { parse } = await import('./cli/program.ts')
    const invocation = parse(argv)
    isJsonOwed = false
    if (invocation.kind === 'text') {
      await context.stdout.writeAtOnce(invocation.text).catch(() => undefined)
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
