import type { JobPlan, Script } from './script.ts'

const grandchild: readonly JobPlan[] = [
  { name: 'fuzz', stage: 'test', script: 'make fuzz' },
  { name: 'deep_docs', stage: 'deploy', downstream: { project: 11, depend: true } },
]

const child: readonly JobPlan[] = [
  { name: 'lint', stage: 'test', script: 'make lint' },
  { name: 'unit', stage: 'test', script: 'make unit', runs: 2 },
  { name: 'more_tests', stage: 'more', downstream: { depend: true, jobs: grandchild } },
]

/**
 * The branch `downstream` of project 9: a child pipeline with a child, one in the public project 10, and two
 * in the private 11.
 */
const downstream: Script = {
  plays: 'a child with a child, and pipelines of projects 10 and 11',
  by: 'clock',
  jobs: [
    { name: 'run_tests', stage: 'test', script: 'make test' },
    { name: 'child_tests', stage: 'downstream', downstream: { depend: true, jobs: child } },
    { name: 'docs', stage: 'downstream', downstream: { project: 10, depend: true } },
    { name: 'notify', stage: 'downstream', downstream: { project: 11 } },
    { name: 'upload_package', stage: 'package', script: 'make upload' },
  ],
}

/** GitLab skips every job of a commit whose message says `[skip ci]`. */
const skippedJob = { statuses: ['created', 'skipped'] }

/** The branches of project 9 with a life of their own; each of the last four ends in the status that it is named after. */
const scripts: Readonly<Record<string, Script>> = {
  downstream,
  manual: {
    plays: 'ends "manual": upload_package waits for somebody to play it',
    by: 'clock',
    manual: ['upload_package'],
  },
  blocked: {
    plays: 'ends "manual" (blocked): build_package waits for somebody, upload_package for it',
    by: 'clock',
    manual: ['build_package'],
  },
  canceled: {
    plays: 'ends "canceled": somebody cancels it while run_tests runs',
    by: 'clock',
    others: [{ at: 3, do: 'cancel' }],
  },
  skipped: {
    plays: 'ends "skipped": no job runs',
    by: 'clock',
    job: { run_tests: skippedJob, build_package: skippedJob, upload_package: skippedJob },
  },
}

/** The scripts of a new sandbox. */
export function seedScripts(): Map<string, Script> {
  return new Map(Object.entries(scripts).map(([ref, script]) => [`9 ${ref}`, script]))
}
