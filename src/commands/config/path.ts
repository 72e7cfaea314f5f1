import { findConfig } from '../../config/files/find-config.ts'
import type { ConfigPathFlags } from '../../options/setup.ts'
import type { Context } from '../../core/context.ts'
import { type TriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { jsonResultLine } from '../../session/json-result.ts'

/** Lists the places where config files are looked for, best first, and what became of each: `config path`. Throws for the first that is refused. */
export async function configPath(flags: ConfigPathFlags, context: Context): Promise<number> {
  let refusal: TriggerError | undefined
  const { searched } = await findConfig(flags, context, (error) => {
    refusal ??= error
  })
  const { code } = exitCodes.success
  const text = flags.json
    ? jsonResultLine({ files: searched }, refusal?.exitCode ?? code, context, refusal)
    : searched.map(({ kind, path, state }) => `${escapeLine(path)}  (${kind}: ${state})\n`).join('')
  await writeText(context, text)
  if (refusal) throw refusal
  return code
}
