// Writes the JSON Schemas of what --json and --events print to dist/schemas/, and that of plans to dist/.
import { mkdirSync, writeFileSync } from 'node:fs'
import { planSchema } from '../build/batch/plan/plan-schema.js'
import { schemaFiles } from '../build/output/schemas/files.js'

mkdirSync('dist/schemas', { recursive: true })
for (const [name, schema] of Object.entries(schemaFiles()))
  writeFileSync(`dist/schemas/${name}`, `${JSON.stringify(schema)}\n`)
writeFileSync('dist/plan-schema.json', `${JSON.stringify(planSchema())}\n`)
