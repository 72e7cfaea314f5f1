// Writes build/packages/sbom.cdx.json (CycloneDX): the packages in the bundle, and the Node of the single executable: `node scripts/packages/sbom.mjs
// NODE_VERSION`.
import { writeFileSync } from 'node:fs'
import { npm } from '../npm.mjs'

const [node] = process.argv.slice(2)
// With `--omit dev` npm leaves out what is needed by both.
const line = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
const bill = JSON.parse(npm(line, { maxBuffer: 2 ** 26 }))
const components = bill.components.filter(
  ({ properties = [] }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
)
const kept = new Set([bill.metadata.component, ...components].map((each) => each['bom-ref']))
const dependencies = bill.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) }))
const runtime = {
  'bom-ref': `node@${node}`,
  type: 'application',
  name: 'node',
  version: node,
  description: 'in the single executable and the Debian package',
}
const whole = { ...bill, components: [...components, runtime], dependencies }
writeFileSync('build/packages/sbom.cdx.json', `${JSON.stringify(whole, null, 2)}\n`)
