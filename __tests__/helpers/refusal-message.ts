import { none, statesIn } from './pipeline-sentences.ts'

/**
 * Expects what every refusal says: what happened, that no pipeline was started, and at most one line of what to do. Nothing in it is odd, longer than
 * a user reads, or able to control a terminal. Below an empty line is what cron mails besides.
 */
export function expectRefusalMessage(stderr: string): void {
  const [said = ''] = stderr.trimEnd().split('\n\n')
  const [what, ...rest] = said.split('\n')
  // What is true about the pipeline is said by commands that can start one; that these do is a rule of every run.
  // Each of several problems has a line of its own, which is indented.
  const hints = rest.filter((line) => line !== none && !line.startsWith('  '))
  expect(what).toMatch(/^gitlab-trigger: ./)
  expect(statesIn(stderr).every((state) => state === none)).toBe(true)
  expect(hints.length).toBeLessThanOrEqual(1)
  expect(stderr).not.toMatch(/\bundefined\b|(?<!\/dev\/)\bnull\b|\bNaN\b|\[object|[^\n]{500}/)
  expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
}
