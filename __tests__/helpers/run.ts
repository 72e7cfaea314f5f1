import { main } from '../../src/main.ts'
import { expectMessageRules } from './message-rules.ts'
import { withoutCircumstances } from './pipeline-sentences.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** How a run ended. */
export interface Result {
  code: number
  stdout: string
  /** Without the block that says when and where a failure was. */
  stderr: string
  /** With it: what cron mails. */
  mail: string
  world: World
}

/** What a user types, as words, or as a line that is split at blanks. */
export type Line = string | readonly string[]

/** The words of a line. */
export function words(line: Line): string[] {
  return typeof line === 'string' ? line.split(' ').filter(Boolean) : [...line]
}

/** Types a line, in process, and waits for the end. */
export function run(line: Line, options: WorldOptions = {}): Promise<Result> {
  return runIn(newWorld(options), line)
}

/** The same in a world that the test holds, to move its clock or to interrupt it while it runs. */
export async function runIn(world: World, line: Line): Promise<Result> {
  const code = await main(words(line), world.context)
  const mail = world.stderr()
  const stderr = withoutCircumstances(mail)
  const [typed, stdout] = [words(line), world.stdout()]
  const { stderr: terminal, startsPipelines } = world.context
  expectMessageRules(typed, code, stderr, startsPipelines, terminal.isTTY)
  const hasFields = typed.some((word) => word.startsWith('--json='))
  if (!hasFields && (typed.includes('--json') || typed.includes('--events'))) {
    const { expectSchema } = await import('./json-schemas.ts')
    expectSchema(typed, stdout, world.isStdoutBroken)
  }
  return { code, stdout, stderr, mail, world }
}
