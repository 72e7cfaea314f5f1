import { environment, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

describe('colour by stream and wish (T116)', () => {
  const gitlab = useGitlab()
  const both = ['stdout', 'stderr'] as const
  // prettier-ignore
  const rows: [name: string, tty: readonly ('stdout' | 'stderr')[], env: Record<string, string>, flag: string, isColored: boolean][] = [
    ['a terminal', both, {}, '', true],
    ['a terminal, TERM=xterm', both, { TERM: 'xterm-256color' }, '', true],
    ['a pipe', [], {}, '', false],
    ['stderr is a pipe', ['stdout'], { CI: 'true' }, '', false],
    ['stdout is a pipe', ['stderr'], {}, '', true],
    ['CI', [], { CI: 'true' }, '', false],
    ['NO_COLOR', both, { NO_COLOR: '1' }, '', false],
    ['an empty NO_COLOR is none', both, { NO_COLOR: '' }, '', true],
    ['TERM=dumb', both, { TERM: 'dumb' }, '', false],
    ['CLICOLOR=0', both, { CLICOLOR: '0' }, '', false],
    ['--no-color', both, {}, '--no-color', false],
    ['FORCE_COLOR', [], { CI: 'true', FORCE_COLOR: '1' }, '', true],
    ['FORCE_COLOR=0', both, { FORCE_COLOR: '0' }, '', false],
    ['FORCE_COLOR over TERM=dumb', both, { FORCE_COLOR: '1', TERM: 'dumb' }, '', true],
    ['CLICOLOR_FORCE', [], { CI: 'true', CLICOLOR_FORCE: '1' }, '', true],
    ['NO_COLOR over FORCE_COLOR', both, { NO_COLOR: '1', FORCE_COLOR: '1' }, '', false],
    ['--no-color over FORCE_COLOR', both, { FORCE_COLOR: '1' }, '--no-color', false],
  ]
  test.each(rows)('%s', async (_, tty, env, flag, isColored) => {
    for (const ref of ['master', 'nope']) {
      const options = { ...environment(gitlab(), { CI: 'true', ...env }), tty: [...tty] }
      const { stdout, stderr } = await run(`--ref ${ref} ${flag}`, options)
      expect(stderr).not.toBe('')
      expect(stderr.includes('\x1b[')).toBe(isColored)
      expect(stdout).toMatch(ref === 'master' ? /^\d+\n$/ : /^$/)
    }
  })

  test('a usage error obeys --no-color too', async () => {
    const { code, stderr } = await run('--nope --no-color', { tty: ['stderr'] })
    expect(code).toBe(2)
    expect(stderr).not.toContain('\x1b')
  })
})
