import type { Plan } from '../../config/plan.ts'
import type { Settings } from '../../config/settings.ts'
import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import type { RunFlags } from '../../options/run.ts'
import { writeForm, writeText } from '../../output/reporters/text-reporter.ts'
import { beyondCurl, preview } from '../../session/request-preview.ts'
import { triggerNonce } from '../../trigger/trigger-nonce.ts'
import { idempotencyKey } from './once-key.ts'

/**
 * For --dry-run: throws what a run would refuse about this many targets before it sends anything. For --curl: resolves to what the printed line cannot do,
 * undefined for nothing.
 */
export async function checkPrinted(
  flags: RunFlags,
  count: number,
  context: Context,
): Promise<string | undefined> {
  if (!flags.curl) {
    await (await import('../../batch/check-unsent.ts')).checkUnsent(flags, count, context)
    return undefined
  }
  const unable = beyondCurl(flags)
  return unable.length === 0 ? undefined : `A curl line cannot do ${unable.join(', ')}.`
}

/** For --dry-run and --curl: prints the requests instead of sending them. */
export async function printRequests(
  flags: RunFlags,
  { timeout }: Pick<Plan, 'timeout'>,
  targets: readonly Settings[],
  context: Context,
): Promise<number> {
  const texts = targets.map((settings, index) => {
    const key = idempotencyKey(flags, context, settings, targets.length, index)
    const nonce = flags.curl ? undefined : triggerNonce(settings, key, flags.verify)
    // Each project has a token of its own, which one variable cannot hold.
    const spot = targets.length > 1 ? settings.tokenAt : {}
    return preview(flags, settings, timeout.value, context.secrets, { nonce, ...spot })
  })
  const write = flags.curl ? writeForm : writeText
  await write(context, texts.join(flags.json ? '' : '\n'))
  return exitCodes.success.code
}
