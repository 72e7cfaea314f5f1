import { withoutKey } from '../../config/edit/edit-config.ts'
import { keyText } from '../../config/edit/key-path.ts'
import { ownConfig, saveConfig } from '../../config/edit/own-config.ts'
import { asKeyError, typedKey } from '../../config/edit/typed-key.ts'
import { needValue } from '../../config/edit/value-at.ts'
import { refuseNeededName } from './refuse-unknown-name.ts'
import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import type { ConfigFileFlags } from '../../options/setup.ts'
import { escapeLine } from '../../output/terminal/escape.ts'

const where = 'config unset'

/**
 * Takes one key out of the user's own config file, or of the one that --config names: `config unset KEY`. Throws a usage error for a key that is not
 * set, and configuration errors; nothing is changed then.
 */
export async function configUnset(key: string, flags: ConfigFileFlags, context: Context): Promise<number> {
  const { path } = typedKey(key, where)
  const own = await ownConfig(flags, where, context)
  needValue(own, path, where)
  const changed = asKeyError(where, () => withoutKey(own.file, path))
  refuseNeededName(path, own, changed, where)
  await saveConfig(own, changed, where, context)
  await context.stderr.write(`Removed ${escapeLine(keyText(path))} from ${escapeLine(own.file.path)}.\n`)
  return exitCodes.success.code
}
