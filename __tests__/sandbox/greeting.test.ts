import { startSandbox } from '../../src/sandbox/server.ts'
import { run } from '../helpers/run.ts'
import { call, members, rows } from './helpers/bearer.ts'

/** What the greeting says of a ref of project 9, and what a pipeline on it ends with; `-` where none is made. */
const refs: readonly (readonly [ref: string, plays: RegExp, end: string])[] = [
  ['master', /three stages, succeeds$/, 'success'],
  ['feature/x', /three stages, succeeds$/, 'success'],
  ['failing', /build_package fails$/, 'failed'],
  ['broken', /the CI file is invalid$/, 'failed'],
  ['empty', /refused: the CI file gives no jobs$/, '-'],
  ['protected', /refused: the branch is protected$/, '-'],
  ['both', /refused: a branch and a tag have this name$/, '-'],
  ['downstream', /a child with a child, and pipelines of projects 10 and 11$/, 'success'],
  ['manual', /ends "manual": upload_package waits/, 'manual'],
  ['blocked', /ends "manual" \(blocked\): build_package waits/, 'manual'],
  ['canceled', /ends "canceled"/, 'canceled'],
  ['skipped', /ends "skipped"/, 'skipped'],
  ['v1.0.0', /three stages, succeeds$/, 'success'],
]

test.each(refs)('the greeting tells what the ref %s does, and it does that', async (ref, plays, end) => {
  const sandbox = await startSandbox({ now: () => 0, paceMs: 0 })
  try {
    const line = sandbox
      .greeting()
      .split('\n')
      .find((each) => each.trim().split(/\s+/)[1] === ref)
    expect(line).toMatch(plays)
    await call(sandbox, 'POST', '/projects/9/trigger/pipeline', 'nobody', {
      token: sandbox.tokens.trigger,
      ref,
    })
    const made = rows((await call(sandbox, 'GET', '/projects/9/pipelines')).json).map((row) => row['id'])
    const one = (await call(sandbox, 'GET', `/projects/9/pipelines/${String(made.at(-1))}`)).json
    expect(made.length === 0 ? '-' : members(one)['status']).toBe(end)
  } finally {
    await sandbox.close()
  }
})

test('every ref of every project is listed, with the trigger tokens of each', async () => {
  const sandbox = await startSandbox({ now: () => 0 })
  const text = sandbox.greeting()
  const { json } = await call(sandbox, 'GET', '/projects/9/repository/branches?per_page=100')
  const tokens = [
    sandbox.tokens.trigger,
    sandbox.tokens.publicTrigger,
    sandbox.tokens.otherTrigger,
    sandbox.tokens.api,
  ]
  await sandbox.close()
  for (const { name } of rows(json)) expect(text).toContain(`  branch  ${String(name)} `)
  for (const token of tokens) expect(text).toContain(token)
  expect(text).toContain(sandbox.url)
})

test.each([
  ['--listen everywhere', '--listen everywhere: not an IP address'],
  ['--listen 192.0.2.1', '--listen 192.0.2.1: this machine does not have that address'],
  ['--host http://gitlab', '--host http://gitlab: not a host name'],
  ['--host gitlab:80', '--host gitlab:80: not a host name'],
])('sandbox %s: %s', async (line, message) => {
  const { code, stderr } = await run(`sandbox ${line} -- true`, {})
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

test.each([
  ['--listen 0.0.0.0 --host gitlab', true],
  ['--listen 127.0.0.2', false],
  ['', false],
])('sandbox %s warns of other machines: %p', async (line, warns) => {
  const { code, stderr } = await run(`sandbox ${line} -- true`)
  expect(code).toBe(0)
  expect(stderr.includes('warning: the sandbox listens on 0.0.0.0.')).toBe(warns)
})
