import { rmSync } from 'node:fs'
import { apiEnvironment } from '../helpers/api.ts'
import { environment, lastFields, posts } from '../helpers/gitlab.ts'
import { useJournal } from '../helpers/journal.ts'
import { runIn } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'

const { gitlab, runOnce, home } = useJournal()

const nonce = (): string | undefined => lastFields(gitlab())['gitlab_trigger_id']
const job = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '7', GITHUB_JOB: 'deploy' }

describe('the form field gitlab_trigger_id is sent where a pipeline may be looked for', () => {
  // prettier-ignore
  test.each<[sends: RegExp | undefined, line: string, withApiToken: boolean]>([
    [/^[0-9a-f-]{36}$/, '--ref master', true],
    [/^[0-9a-f-]{36}$/, '--ref master --verify --var A=1', true],
    [/^[0-9a-f]{64}$/, '--ref master --once K', true],
    [/^[0-9a-f]{64}$/, '--ref master --once K', false],
    [/^[0-9a-f]{64}$/, '--ref master --once K --marker', false],
    [/^[0-9a-f]{64}$/, '--ref master --resume', true],
    [/^[0-9a-f]{64}$/, '--ref master --resume', false],
    [undefined, '--ref master', false],
    [undefined, '--ref master --no-verify', true],
    [undefined, '--ref master --no-verify --once K', true],
    [undefined, '--ref master --api v3', true],
    [undefined, '--ref master --api v3 --once K', true],
  ])('%s: %s (API token: %s)', async (sends, line, withApiToken) => {
    await runOnce(line, { env: job, ...(withApiToken && { withApiToken }) })
    if (sends) expect(nonce()).toMatch(sends)
    else expect(nonce()).toBeUndefined()
    expect(posts(gitlab())).toHaveLength(1)
    expect(Object.keys(lastFields(gitlab())).filter((name) => name.startsWith('variables[gitlab'))).toEqual([])
  })

  test('a random one each time, without a key', async () => {
    await runIn(newWorld(apiEnvironment(gitlab())), '--ref master')
    const first = nonce()
    await runIn(newWorld(apiEnvironment(gitlab())), '--ref master')
    expect(nonce()).not.toBe(first)
  })

  test('comes back in the payload of the pipeline, and is no variable of it', async () => {
    await runOnce('--ref master --once K --var A=1')
    expect(gitlab().pipelines[0]?.variables).toEqual(new Map([['A', '1']]))
  })
})

describe('with --once it is a hash of key, server, project, ref, variables and inputs', () => {
  const sent = async (line: string): Promise<string | undefined> => {
    await runOnce(line)
    return nonce()
  }
  const usual = '--project 9 --ref master --var A=1 --once K'

  test('the same on another machine, at another time, with a marker', async () => {
    const first = await sent(usual)
    rmSync(home().state, { recursive: true, force: true })
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await sent(`${usual} --marker`)).toBe(first)
  })

  // prettier-ignore
  test.each([
    ['another key', '--project 9 --ref master --var A=1 --once k'],
    ['another project', '--project seed/docs --ref master --var A=1 --once K2'],
    ['another ref', '--project 9 --ref both --var A=1 --once K2'],
    ['another value', '--project 9 --ref master --var A=2 --once K2'],
    ['a variable more', '--project 9 --ref master --var A=1 --var B= --once K2'],
    ['an input', '--project 9 --ref master --var A=1 --input A=1 --once K2'],
  ])('another one with %s', async (_, line) => {
    const { stdout } = await runOnce(`${usual.replace('--once K', '--once K2')} --dry-run --json`)
    const other = await runOnce(`${line} --dry-run --json`)
    expect(fieldIn(stdout)).toMatch(/^[0-9a-f]{64}$/)
    expect(fieldIn(other.stdout)).toMatch(/^[0-9a-f]{64}$/)
    expect(fieldIn(other.stdout)).not.toBe(fieldIn(stdout))
  })
})

const fieldIn = (json: string): string | undefined =>
  (JSON.parse(json) as { fields: { name: string; value?: string }[] }).fields.find(
    ({ name }) => name === 'gitlab_trigger_id',
  )?.value

// prettier-ignore
test.each<[shows: boolean, line: string]>([
  [true, '--ref master --dry-run'],
  [true, '--ref master --dry-run --once K'],
  [false, '--ref master --dry-run --no-verify'],
  [false, '--ref master --curl'],
  [false, '--ref master --curl --once K'],
  [false, 'schedule cron --ref master --at 03:00'],
])('shown: %s, by %s', async (shows, line) => {
  const { stdout } = await runIn(newWorld(apiEnvironment(gitlab())), line)
  expect(stdout.includes('gitlab_trigger_id')).toBe(shows)
})

test('without any of these, --dry-run has none', async () => {
  const { stdout } = await runIn(newWorld(environment(gitlab())), '--ref master --dry-run')
  expect(stdout).not.toContain('gitlab_trigger_id')
})
