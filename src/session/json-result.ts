import type { Context } from '../core/context.ts'
import { asTriggerError, type TriggerError } from '../core/errors.ts'
import { jsonLine } from '../output/reporters/json-reporter.ts'
import { writeText } from '../output/reporters/text-reporter.ts'

type Members = Readonly<Record<string, unknown>>

/** The one object of --json as a line, with how the command ends. */
export function jsonResultLine(
  members: Members,
  exitCode: number,
  { secrets }: Pick<Context, 'secrets'>,
  error: { message: string; hint: string } | null = null,
): string {
  return jsonLine({ ...members, exit_code: exitCode, error }, secrets)
}

/** Prints that object. */
export async function printJsonResult(members: Members, exitCode: number, context: Context): Promise<void> {
  await writeText(context, jsonResultLine(members, exitCode, context))
}

/**
 * Carries out a command that with --json owes its reader an object whatever happens: of one that fails, `unknown`, or what it says of the failure,
 * and the error. Throws as `work`.
 */
export async function withJsonResult(
  isJson: boolean | undefined,
  unknown: Members | ((failure: TriggerError) => Members),
  context: Context,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    if (isJson) {
      const { exitCode, message, hint } = failure
      const members = typeof unknown === 'function' ? unknown(failure) : unknown
      const line = jsonResultLine(members, exitCode, context, { message, hint })
      await context.stdout.write(line).catch(() => undefined)
    }
    throw failure
  }
}
