import { errorObject } from '../core/text/error-object.ts'
import type { Context } from '../core/context.ts'
import type { TriggerError } from '../core/errors.ts'
import { jsonLine } from '../core/text/json-line.ts'
import { writeText } from '../output/reporters/text-reporter.ts'

/**
 * One object of --json as a line: `members`, and how the command ends. A command that fails before it prints its object leaves that to `main`, which
 * knows from the command table what is owed.
 */
export function jsonResultLine(
  members: Readonly<Record<string, unknown>>,
  exitCode: number,
  { secrets }: Pick<Context, 'secrets'>,
  failure?: TriggerError,
): string {
  const error = failure ? errorObject(failure) : null
  return jsonLine({ ...members, exit_code: exitCode, error }, secrets)
}

/** Prints that object. */
export async function printJsonResult(
  members: Readonly<Record<string, unknown>>,
  exitCode: number,
  context: Context,
): Promise<void> {
  await writeText(context, jsonResultLine(members, exitCode, context))
}
