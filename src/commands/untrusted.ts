import type { RunFlags } from '../config/flags.ts'
import type { Plan } from '../config/resolve.ts'
import type { Context } from '../context.ts'
import { cleanLine } from '../output/clean.ts'

/** Says at a terminal that the checkout has a file that is not used, since it is not trusted. */
export async function mentionUntrusted(plan: Plan, flags: RunFlags, { stderr }: Context): Promise<void> {
  const found = plan.config.looked.find(({ state }) => state === 'not trusted')
  if (!found || !stderr.isTTY || flags.quiet) return
  const text = `${cleanLine(found.path)} is not used: to trust it, run gitlab-trigger config trust\n`
  await stderr.write(text).catch(() => undefined)
}
