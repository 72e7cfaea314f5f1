import { keyText } from '../../config/edit/key-path.ts'
import { ownConfig } from '../../config/edit/own-config.ts'
import { withoutSecrets } from '../../config/edit/secrets-in.ts'
import { typedKey } from '../../config/edit/typed-key.ts'
import { needValue } from '../../config/edit/value-at.ts'
import { originIn } from '../../config/files/config-file.ts'
import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import type { ConfigGetFlags } from '../../options/setup.ts'
import { writeExactly, writeText } from '../../output/reporters/text-reporter.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { printJsonResult } from '../../session/json-result.ts'

const where = 'config get'

/**
 * Prints one value of the user's own config file, or of the one that --config names: `config get KEY`. A text is printed as it is, anything else as
 * JSON; of a secret only where it stands. Throws a usage error for a key that the schema does not know, or that is not set.
 */
export async function configGet(key: string, flags: ConfigGetFlags, context: Context): Promise<number> {
  const { path, place } = typedKey(key, where)
  const own = await ownConfig(flags, where, context)
  const value = needValue(own, path, where)
  const origin = originIn(own.file, path)
  const shown = withoutSecrets(value, place, path, (keys) => `(secret, set in ${originIn(own.file, keys)})`)
  const { code } = exitCodes.success
  if (flags.json) {
    const isSecret = place.is === 'text' && place.isSecret === true
    await printJsonResult(
      { key: keyText(path), value: isSecret ? null : shown, origin, is_secret: isSecret },
      code,
      context,
    )
    return code
  }
  if (typeof shown !== 'string') await writeText(context, `${JSON.stringify(shown)}\n`)
  // A program gets the text as it stands in the file.
  else if (context.stdout.isTTY) await writeText(context, `${escapeLine(shown)}\n`)
  else await writeExactly(context, `${shown}\n`)
  return code
}
