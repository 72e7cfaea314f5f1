import type { Context, OutputStream } from '../../core/context.ts'
import { breakJsonCommands } from '../../core/text/ci-commands.ts'
import { escapeJson } from '../../core/text/escape-char.ts'
import { withSink } from '../terminal/sink.ts'

/** The fields to print of an object: of each its whole value, or some fields of it. */
type Wanted = Map<string, Wanted | 'all'>

function wantedOf(fields: readonly string[]): Wanted {
  const wanted: Wanted = new Map()
  for (const field of fields) {
    const [name = '', ...rest] = field.split('.')
    if (rest.length === 0) wanted.set(name, 'all')
    const inner = wanted.get(name) ?? new Map<string, Wanted | 'all'>()
    if (inner === 'all') continue
    for (const [key, value] of wantedOf([rest.join('.')])) {
      const known = inner.get(key)
      if (known === undefined || value === 'all') inner.set(key, value)
      else if (known !== 'all') for (const each of value) known.set(...each)
    }
    wanted.set(name, inner)
  }
  return wanted
}

/** The selected fields of a value, or of each item of an array. A field that is not there is null. */
function pick(value: unknown, wanted: Wanted | 'all'): unknown {
  if (wanted === 'all' || typeof value !== 'object' || value === null) return value ?? null
  if (Array.isArray(value)) return value.map((each) => pick(each, wanted))
  const members = value as Record<string, unknown>
  return Object.fromEntries(
    [...wanted].map(([name, inner]) => [
      name,
      pick(Object.hasOwn(members, name) ? members[name] : null, inner),
    ]),
  )
}

/** The chosen fields of an object of --json; how a command ended that has failed is never left out. */
function chosen(object: Record<string, unknown>, wanted: Wanted): unknown {
  const { exit_code, error } = object
  const picked = pick(object, wanted) as object
  return exit_code === 0 && error === null ? picked : { ...picked, exit_code, error }
}

/** How the objects of --json are printed. */
export interface JsonForm {
  /** As `id` or `jobs.name`; undefined for all. */
  fields: readonly string[] | undefined
  isPretty: boolean
}

function formed(text: string, { fields, isPretty }: JsonForm): string {
  const wanted = fields && wantedOf(fields)
  const lineOf = (line: string): string => {
    if (!line.startsWith('{"')) return line
    const object = JSON.parse(line) as Record<string, unknown>
    const json = JSON.stringify(wanted ? chosen(object, wanted) : object, null, isPretty ? 2 : 0)
    return breakJsonCommands(escapeJson(json))
  }
  return text.split('\n').map(lineOf).join('\n')
}

/**
 * The streams of a command with --json: each object, a line, is printed in this form. It is given it below the sink, where nothing in it is a
 * secret any more.
 */
export function inJsonForm(
  world: Context,
  form: JsonForm,
): Pick<Context, 'stdout' | 'stderr' | 'writeLimits'> {
  const raw = world.stdout
  const stdout = Object.create(raw, {
    write: { value: (text: string) => raw.write(formed(text, form)) },
  }) as OutputStream
  const { stderr, writeLimits, ...sunk } = withSink({ ...world, stdout })
  return { stdout: sunk.stdout, stderr, ...(writeLimits && { writeLimits }) }
}
