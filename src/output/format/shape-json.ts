import type { Context } from '../../core/context.ts'
import { checkJsonFields } from '../schemas/check-fields.ts'
import { inJsonForm } from './json-form.ts'

/** What a line with --json asked for. */
interface JsonOrder {
  /** `command` where nothing is wrong with the line. */
  kind: string
  /** The command of which fields were chosen, and which. */
  chosen?: { name: string; fields: readonly string[] }
  emptyResults: readonly Readonly<Record<string, unknown>>[]
}

/**
 * From now on `context` prints the objects of --json with the fields that were chosen, and over several lines on a terminal. Throws a usage error for a
 * field that is not known.
 */
export function shapeJson({ kind, chosen, emptyResults }: JsonOrder, context: Context, world: Context): void {
  if (chosen && kind === 'command') checkJsonFields(chosen.name, chosen.fields, emptyResults[0])
  Object.assign(context, inJsonForm(world, { fields: chosen?.fields, isPretty: world.stdout.isTTY }))
}
