import { configSchema } from '../../config/schema/json-schema.ts'
import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'

/** Prints the JSON Schema of a config file: `config schema`. */
export async function printConfigSchema(context: Context): Promise<number> {
  await writeText(context, `${JSON.stringify(configSchema(), null, 2)}\n`)
  return exitCodes.success.code
}
