import { buildSentence } from './core/build.ts'
import { helpWidth } from './cli/help/command-help.ts'
import { newCommands } from './cli/new-commands.ts'
import { shownCommand } from './cli/redacted-command-line.ts'
import type { Context } from './core/context.ts'
import { asTriggerError, codeOf, type TriggerError } from './core/errors.ts'
import { exitCodes } from './core/exit-codes.ts'
import { withHome } from './core/system/home-path.ts'
import { withSink } from './output/terminal/sink.ts'
import { version } from './core/version.ts'

/** The objects that --json owes its reader, without the error. */
type EmptyResults = readonly Readonly<Record<string, unknown>>[]

const isVersion = ([first, ...others]: readonly string[]): boolean =>
  (first === '--version' || first === '-V') && others.length === 0

/** Prints a text, which is all that there is to do; a closed pipe is no error. Throws a WriteError for any other failure. */
async function print(text: string, { stdout }: Context): Promise<void> {
  await (stdout.writeAtOnce?.(text) ?? stdout.write(text)).catch((error: unknown) => {
    if (codeOf(error) !== 'EPIPE') throw error
  })
}

/** A text as a terminal shows it; undefined where a pager has. */
async function shown(text: string, argv: readonly string[], context: Context): Promise<string | undefined> {
  const { textForTerminal } = await import('./output/terminal/show-text.ts')
  const color = argv.includes('--no-color') ? false : undefined
  return textForTerminal(text, context, { color, mayPage: !argv.includes('--no-pager') })
}

/** Variables that hold the path of a file. */
const pathVariables = ['GITLAB_TRIGGER_TOKEN_FILE', 'GITLAB_TRIGGER_CONFIG']

/** The environment with the home folder in the place of `~/` in paths, which shells leave there in quotes. */
function expanded(world: Context): Context['env'] {
  const { env } = world
  const names = pathVariables.filter((name) => env[name]?.startsWith('~'))
  if (names.length === 0) return env
  return { ...env, ...Object.fromEntries(names.map((name) => [name, withHome(env[name] ?? '', world)])) }
}

/**
 * The program: what was typed and the world, in; the exit code, out. The only catch: whatever is thrown below ends here as words on
 * stderr and a number. Never throws, never exits.
 */
export async function main(argv: readonly string[], world: Context): Promise<number> {
  const context: Context = {
    ...withSink(world),
    command: (areNamesKnown) => shownCommand(argv, areNamesKnown),
  }
  let emptyResults: EmptyResults = []
  try {
    if (isVersion(argv)) {
      world.startsPipelines = context.startsPipelines = false
      await print(`${version}\n`, context)
      return exitCodes.success.code
    }
    context.env = expanded(world)
    if (argv.length === 2 && isVersion(argv.filter((word) => word !== '--verbose'))) {
      world.startsPipelines = context.startsPipelines = false
      await print(await (await import('./cli/version-details.ts')).versionDetails(context), context)
      return exitCodes.success.code
    }
    if (argv[0] === '__complete')
      return await (await import('./cli/completion/serve.ts')).serveCompletion(argv.slice(1), context)
    const { parse } = await import('./cli/program.ts')
    const line = argv.some((word) => newCommands.includes(word))
      ? await (await import('./cli/recipe-first.ts')).withRecipeFirst(argv, context)
      : argv
    const invocation = parse(
      line,
      (path) => withHome(path, world),
      () => helpWidth(world.stdout, context.env),
    )
    emptyResults = invocation.emptyResults
    // `crash` is given the world alone.
    world.startsPipelines = context.startsPipelines = invocation.startsPipelines
    if (invocation.kind !== 'text' && (invocation.chosen ?? (emptyResults.length > 0 && world.stdout.isTTY)))
      (await import('./output/format/shape-json.ts')).shapeJson(invocation, context, world)
    if (invocation.kind === 'mistake') throw invocation.error
    if (invocation.kind === 'text') {
      const text = context.stdout.isTTY ? await shown(invocation.text, argv, context) : invocation.text
      if (text !== undefined) await print(text, context)
      return exitCodes.success.code
    }
    if (Object.keys(invocation.writes).length > 0)
      context.outputs = await (await import('./core/output-files.ts')).outputFiles(invocation.writes, context)
    const carry = await invocation.load()
    return await carry(invocation.typed, context)
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    await printError(failure, context, emptyResults, argv.includes('--no-color') ? false : undefined)
    return failure.exitCode
  }
}

/**
 * Ends a process after an error that could not be caught, as in a library's callback: with a message instead of a stack (docs/guarantees.md#T51).
 * Whether a pipeline was created is not known here. Resolves to the exit code.
 */
export async function crash(error: unknown, world: Context): Promise<number> {
  const failure = asTriggerError(error, { kind: 'unknown' })
  await printError(failure, withSink(world), [])
  return failure.exitCode
}

/** Says how the run failed, on stdout too if --json was typed. Where not even the code for that can be read, as with too few file descriptors, it is said all the same. */
async function printError(
  failure: TriggerError,
  context: Context,
  emptyResults: EmptyResults,
  color?: false,
): Promise<void> {
  try {
    const { printFailure, printFailureJson } = await import('./output/reporters/failure.ts')
    // A command that prints an object itself does so also where it fails.
    if (!context.stdout.wasUsed) await printFailureJson(failure, emptyResults, context)
    await printFailure(failure, context, color)
  } catch {
    const { message, build, hint } = failure
    const state = context.startsPipelines ? `${buildSentence(build)}\n` : ''
    const text = `gitlab-trigger: ${message}\n${state}${hint}\n`
    await context.stderr.write(text).catch(() => undefined)
  }
}
