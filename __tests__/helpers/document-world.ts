import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scenario, ScenarioJob, ScenarioRef } from '../../src/sandbox/scenario/scenario.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { serverYaml, type Home } from './home.ts'

/** The first trigger token of a project by the last part of its path. */
export const documentToken = (name: string): string => `glptt-documents-${name}`

const jobs: readonly ScenarioJob[] = [
  { name: 'run_tests', stage: 'test', artifacts: true },
  { name: 'build_package', stage: 'build', artifacts: true },
  { name: 'upload_package', stage: 'package', when: 'manual', allow_failure: true },
]
const refs: readonly ScenarioRef[] = [
  { name: 'main', jobs },
  { name: 'v2', jobs },
  { name: 'master', jobs },
  { name: 'v1.0.0', kind: 'tag', jobs },
]
const names = ['app', 'docs', 'site', 'build', 'deploy']

/** A GitLab with the projects that the documents name. */
export const documentScenario: Scenario = {
  projects: [
    ...names.map((name, at) => ({ id: at + 9, path: `group/${name}`, name })),
    { id: 20, path: 'fleet/canary', name: 'canary' },
    { id: 21, path: 'fleet/gateway', name: 'gateway' },
    { id: 22, path: 'fleet/report', name: 'report' },
  ].map(({ id, path, name }) => ({
    id,
    path,
    refs,
    trigger_tokens: ['', '-second'].map((end) => ({ token: documentToken(name) + end })),
  })),
}

/** Prepares what the documents take for granted: a config with all projects, tokens, files and pipeline 4711, which has finished. */
export function prepareDocuments(gitlab: Sandbox, home: Home): void {
  const { url, tokens } = gitlab
  const projects = documentScenario.projects.map(
    ({ id, path }) =>
      `      ${path}: { id: ${id}, ref: main, token: ${documentToken(path.replace(/.*\//, ''))} }\n`,
  )
  home.config(
    `${serverYaml({ url }, 'project: group/app', 'ref: main', `apiToken: ${tokens.api}`, 'projects:')}${projects.join('')}
      group/site.x: { id: 30, ref: main }
recipes:
  nightly: { project: group/docs, ref: main }
  nightly-docs: { project: group/docs, ref: main, variables: { NIGHTLY: 'true' } }
  nightly-site: { project: group/site, ref: main }
`,
  )
  home.write('home/.trigger-token', documentToken('app'))
  home.write('home/.api-token', tokens.api)
  home.write('work/checkout/site.token', documentToken('site'))
  home.write('work/checkout/release.env', 'VERSION=1.10\n')
  home.write('work/checkout/CHANGELOG.md', '# Changes\n')
  for (const name of ['nightly.yml', 'fleet.csv'])
    copyFileSync(`examples/batch/${name}`, join(home.checkout, name))
  gitlab.addPipeline({ ref: 'main', source: 'trigger', username: 'seed' })
}
