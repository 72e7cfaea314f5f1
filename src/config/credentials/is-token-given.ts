import type { Context } from '../../core/context.ts'
import type { CredentialFlags } from '../../options/shared.ts'
import { fromEnv } from '../setting.ts'
import { mountedSecret } from './mounted-secret.ts'

/** Whether a trigger token comes from a flag, the environment or a mounted secret, which count more than any config. Nothing is read. */
export function isTokenGiven(
  { token, tokenFile, tokenStdin }: CredentialFlags,
  context: Pick<Context, 'env' | 'secretsFolder'>,
): boolean {
  const { env } = context
  const isTyped = [token, tokenFile, tokenStdin].some((each) => each !== undefined)
  const isSet = fromEnv(env, 'GITLAB_TRIGGER_TOKEN') ?? fromEnv(env, 'GITLAB_TRIGGER_TOKEN_FILE')
  return isTyped || isSet !== undefined || mountedSecret('gitlab_trigger_token', context) !== undefined
}
