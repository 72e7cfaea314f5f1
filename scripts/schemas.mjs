// Writes the JSON Schemas of what --json and --events print to dist/schemas/.
import { mkdirSync, writeFileSync } from 'node:fs'
import { schemaFiles } from '../build/output/schemas/files.js'

mkdirSync('dist/schemas', { recursive: true })
for (const [name, schema] of Object.entries(schemaFiles()))
  writeFileSync(`dist/schemas/${name}`, `${JSON.stringify(schema, null, 2)}\n`)
