import { none } from './pipeline-sentences.ts'

/**
 * Expects what every refusal says: what happened, that no pipeline was started, and at most one line of what to do. Nothing in it is odd, longer than
 * anybody reads, or able to control a terminal. Below an empty line is what cron mails besides.
 */
export function expectRefusalMessage(stderr: string): void {
  const [said = ''] = stderr.trimEnd().split('\n\n')
  const [what, state, ...hints] = said.split('\n')
  expect(what).toMatch(/^gitlab-trigger: ./)
  expect(state).toBe(none)
  expect(hints.length).toBeLessThanOrEqual(1)
  expect(stderr).not.toMatch(/\bundefined\b|(?<!\/dev\/)\bnull\b|\bNaN\b|\[object|[^\n]{500}/)
  expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
}
