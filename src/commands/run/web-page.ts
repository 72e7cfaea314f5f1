import type { Context } from '../../core/context.ts'
import type { Reporter } from '../../events.ts'
import { linkOf } from '../../output/reporters/text-reporter.ts'
import { openPage } from '../../session/browser/open-page.ts'

/** A reporter for --web: it opens the page of each pipeline that is triggered. What goes wrong with that is a warning. */
export function openingPages(report: Reporter, context: Context): Reporter {
  let server: string | null = null
  return async (event) => {
    await report(event)
    if (event.type === 'started') ({ server } = event.facts)
    if (event.type !== 'triggered') return
    const link = linkOf(event.build, server)
    const failed = (error: unknown): string => String(error)
    const why =
      link === '' ? 'GitLab does not report its address' : await openPage(link, context).catch(failed)
    if (why === undefined) return
    const text = `--web: the page of the pipeline was not opened: ${why}. ${link}`.trim()
    await report({ type: 'warned', text, isGrave: true })
  }
}
