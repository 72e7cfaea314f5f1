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
  by: 'clock',
  jobs: [
    { name: 'run_tests', stage: 'test', script: 'make test' },
    { name: 'child_tests', stage: 'downstream', downstream: { depend: true, jobs: child } },
    { name: 'docs', stage: 'downstream', downstream: { project: 10, depend: true } },
    { name: 'notify', stage: 'downstream', downstream: { project: 11 } },
    { name: 'upload_package', stage: 'package', script: 'make upload' },
  ],
}

/** The scripts of a new sandbox. */
export function seedScripts(): Map<string, Script> {
  return new Map([['9 downstream', downstream]])
}
