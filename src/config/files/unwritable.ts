import { configError, type TriggerError } from '../../core/errors.ts'
import { unwritableFix, unwritableReason } from '../../core/text/unwritable-fix.ts'

/** How to keep the config where it can be written. */
const elsewhere =
  'keep the config in another place: gitlab-trigger config init PATH, then add --config PATH to each command or set GITLAB_TRIGGER_CONFIG.'

/** The configuration error of a command for its config file that cannot be written, or created. */
export const unwritableConfig = (where: string, path: string, error: unknown): TriggerError =>
  configError(
    `${where}: ${path} cannot be written (${unwritableReason(error)})`,
    unwritableFix(error, elsewhere),
  )

/**
 * The configuration error of a command for a token that cannot be stored: in a file next to the config, or where the config file `namedIn` names another.
 */
export const unwritableToken = (
  where: string,
  path: string,
  error: unknown,
  namedIn?: string,
): TriggerError =>
  configError(
    `${where}: the token cannot be stored in ${path} (${unwritableReason(error)})`,
    unwritableFix(error, namedIn === undefined ? elsewhere : `name another file for it in ${namedIn}.`),
  )
