import type { RefsFlags } from '../options/projects.ts'
import type { Context } from '../core/context.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { listRefs, type Ref } from '../gitlab/resources/refs.ts'
import { styleFor } from '../output/terminal/style.ts'
import { table, type Column } from '../output/terminal/table.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { openSession, projectOf } from '../session/command-session.ts'
import { openClient } from '../session/working-client.ts'
import { printJsonResult } from '../session/json-result.ts'

const columns: Column<Ref>[] = [
  { head: 'REF', cell: ({ ref }) => ref, isFlexible: true },
  { head: 'KIND', cell: ({ kind }) => kind },
  {
    head: 'NOTE',
    cell: ({ isDefault, isProtected }) =>
      [isDefault && 'default', isProtected && 'protected'].filter(Boolean).join(', '),
  },
]

/** Whether a name fits: `*` stands for any characters, `?` for one; without either a part of the name is enough. */
function matcher(pattern: string): (name: string) => boolean {
  if (!/[*?]/.test(pattern)) {
    const part = pattern.toLowerCase()
    return (name) => name.toLowerCase().includes(part)
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const whole = new RegExp(`^${source}$`, 'isu')
  return (name) => whole.test(name)
}

/** The longest part of a pattern that stands for itself, for the server to search for. */
function literalIn(pattern: string): string {
  const longest = pattern.split(/[*?]/).reduce((most, part) => (part.length > most.length ? part : most), '')
  // To GitLab these mean the beginning and the end of a name.
  return longest.replace(/^\^+|\$+$/g, '')
}

/**
 * Lists the branches and tags of a project that can be triggered: `refs [PATTERN]`, each as --ref takes it. Resolves to the exit code, 0 also where
 * there is none; throws a TriggerError.
 */
export async function refs(pattern: string | undefined, flags: RefsFlags, context: Context): Promise<number> {
  const session = await openSession(flags, context, { readsProject: true })
  const project = projectOf(session)
  const purpose = {
    failed: `the branches and tags of project ${project} cannot be read`,
    needs: 'a token with read_api',
    role: 'Reporter',
  }
  const { client, found } = await session.work((server) =>
    openClient(session, server, project, purpose, (opened) => listRefs(opened, literalIn(pattern ?? ''))),
  )
  const fits = matcher(pattern ?? '')
  const listed = found.filter(({ name }) => fits(name))
  if (flags.json) {
    const about = { server: client.target.base, project, api: client.dialect.name }
    await printJsonResult({ ...about, refs: listed.map(objectOf) }, exitCodes.success.code, context)
    return exitCodes.success.code
  }
  const style = await styleFor(context.stdout, context.env, flags.color)
  await writeText(context, table(listed, columns, context.stdout, style))
  if (listed.length === 0) {
    const text =
      pattern === undefined
        ? `Project ${project} has no branches or tags.`
        : `No branches or tags match "${pattern}".`
    await session.report({ type: 'noted', text })
  }
  return exitCodes.success.code
}

function objectOf({ ref, name, kind, isDefault, isProtected }: Ref): Record<string, unknown> {
  return { ref, name, kind, default: isDefault, protected: isProtected }
}
