import { configSchema } from '../config/json-schema.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'

/** Prints the JSON Schema of a config file: `config schema`. */
export async function printConfigSchema({ stdout }: Context): Promise<number> {
  await stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`)
  return exitCodes.success.code
}
