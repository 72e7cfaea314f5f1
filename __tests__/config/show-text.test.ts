import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { useGitlab } from '../helpers/gitlab.ts'
import { leaksBelow, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const gitlab = useGitlab()
const home = useHome()
const canary = 'c4n4ry-of-the-test'

function typed(line: string, env: Record<string, string> = {}): Promise<Result> {
  return run(line, home().world({ env, stdin: canary }))
}

let path = ''
beforeEach(() => {
  path = home().config(`default: work
servers:
  work:
    url: ${gitlab().url}
    tokenFile: work.token
  other:
    url: https://other.example
    tokenCommand: [touch, ${join(home().root, 'run')}]
recipes:
  docs: { project: 9, ref: main }
  all:
    targets: [{ project: 9, ref: one }, { project: 9, ref: two }, { project: 9, ref: three }]
`)
})

describe('config show: text', () => {
  test('one setting a line', async () => {
    const { code, stdout, stderr } = await typed('config show docs')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    for (const line of lines) expect(line).toMatch(/^[\w.]+ = \S/)
    expect(lines).toContain(`server = ${gitlab().url}  (${path}:1, ${path}:4)`)
    expect(lines).toContain('apiToken = (not set)')
    expect(stdout).toMatch(/^token = \(set, from file .*work\.token.*config\.yaml:5.*\)$/m)
  })

  test('a value of several lines stays on one', async () => {
    home().config('variables:\n  A: |\n    two\n    token = forged\n')
    expect((await typed('config show')).stdout).not.toMatch(/^token = forged/m)
  })

  test('several targets are told apart', async () => {
    const { stdout } = await typed('config show all')
    expect(stdout.match(/^project = .*$/gm)).toHaveLength(3)
  })
})

describe('config show reads and runs nothing secret', () => {
  test.each<[name: string, line: string]>([
    ['a token file that is not there', 'config show'],
    ['a program', 'config show --server other'],
    ['standard input', 'config show --token-stdin'],
  ])('%s', async (_, line) => {
    const { code, stdout, stderr, world } = await typed(line)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^token = \(set, from/m)
    expect(existsSync(join(home().root, 'run'))).toBe(false)
    expect(world.wasStdinRead()).toBe(false)
    expect(gitlab().requests).toEqual([])
  })

  test.each(['config show', 'config show --json', 'config show --verbose'])(
    '%s shows no secret',
    async (line) => {
      const entry = `servers: { work: { url: '${gitlab().url}', token: ${canary}, apiToken: ${canary}2 } }\n`
      const config = home().config(`default: work\n${entry}`)
      for (const env of [
        {},
        { GITLAB_TRIGGER_TOKEN: `${canary}3`, GITLAB_TRIGGER_API_TOKEN: `${canary}4` },
      ]) {
        const { code, stdout, stderr } = await typed(line, env)
        expect(code).toBe(0)
        expect(stdout + stderr).not.toContain(canary)
      }
      expect(leaksBelow(home().root, canary, [config])).toEqual([])
    },
  )

  test('a tokenEnv that is not set is not called set', async () => {
    home().config(`default: work\nservers: { work: { url: '${gitlab().url}', tokenEnv: WORK_TOKEN } }\n`)
    expect((await typed('config show')).stdout).not.toMatch(/^token = \(set/m)
    expect((await typed('config show', { WORK_TOKEN: canary })).stdout).toMatch(/^token = \(set.*WORK_TOKEN/m)
  })

  test.each([
    ['config show --server wrok', 14, 'did you mean "work"?'],
    ['config show --bogus', 2, '--bogus'],
    ['config show --project a/../b', 2, '--project'],
  ])('%s ends with %s', async (line, code, says) => {
    const result = await typed(line)
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(says)
  })
})
