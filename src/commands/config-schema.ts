import { configSchema } from '../config/json-schema.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { writeText } from '../output/text.ts'

/** Prints the JSON Schema of a config file: `config schema`. */
export async function printConfigSchema(context: Context): Promise<number> {
  await writeText(context, `${JSON.stringify(configSchema(), null, 2)}\n`)
  return exitCodes.success.code
}
