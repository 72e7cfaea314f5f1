import { commandSchemas } from './commands.ts'
import { eventSchema } from './events.ts'
import type { JsonSchema } from './parts.ts'

const draft = 'https://json-schema.org/draft/2020-12/schema'

/** The schemas that ship, by file name: `tokens-list.json` for each command with --json, and `events.json`. */
export function schemaFiles(): Record<string, JsonSchema> {
  const ofCommands = Object.entries(commandSchemas).map(([name, schema]) => {
    const title = `gitlab-trigger ${name} --json`
    return [`${name.replaceAll(' ', '-')}.json`, { $schema: draft, title, ...schema }] as const
  })
  return {
    ...Object.fromEntries(ofCommands),
    'events.json': { $schema: draft, title: 'gitlab-trigger --events', ...eventSchema },
  }
}
