import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { main } from '../../src/main.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { passTime } from './clock.ts'
import { preparePipelines, prepareServer, wordsOf } from './command-lines.ts'
import { withChanges } from './environment.ts'
import { filesBelow, newHome } from './home.ts'
import { withoutCircumstances } from './pipeline-sentences.ts'
import { newFolder, newWorld, type World, type WorldOptions } from './world.ts'

/** What a line does, without what differs from one time to the next. */
export interface Deeds {
  code: number
  stdout: string
  stderr: string
  /** As `POST /api/v4/... ref=master`, sorted: requests side by side arrive in any order. */
  requests: string[]
  /** The files of the user afterwards, by their names. */
  files: Record<string, string>
  tookMs: number
}

/** Where a line is typed. */
export interface Circumstances extends Pick<WorldOptions, 'tty' | 'stdin'> {
  /** Changes to the environment; undefined takes a variable out. */
  env?: Record<string, string | undefined>
  /** Files of the user, by their paths below the folder of the test, besides the usual ones. */
  files?: Record<string, string>
  /** What happens to the server before. */
  before?: (gitlab: Sandbox) => void
  /** A line that was typed before, at the same place. */
  first?: string
  /** What happens in the world before. */
  within?: (world: World) => void
  /** The only port that differs from others: whatever else listens has another one each time. */
  port?: number
}

/** Types a line against a sandbox that is as new, by a user with a new home, and says all that it did. */
export async function deedsOf(
  line: string,
  gitlab: Sandbox,
  fill: (text: string) => string,
  { env, files = {}, stdin, before, first, within, port, ...rest }: Circumstances = {},
): Promise<Deeds> {
  const folder = newFolder()
  const home = newHome(folder.path)
  const filled = (text: string): string => fill(text).replaceAll('{}', folder.path)
  try {
    gitlab.reset()
    if (line.startsWith('schedule')) await prepareServer(gitlab)
    else preparePipelines(gitlab)
    gitlab.requests.splice(0)
    before?.(gitlab)
    const { url, tokens } = gitlab
    const usual = {
      token: tokens.trigger,
      api: tokens.api,
      'v.env': 'A=1\n',
      'plan.yml': 'targets: [{ name: a, ref: master }]\n',
      ...files,
    }
    for (const [path, text] of Object.entries(usual)) home.write(path, filled(text))
    const usualEnv = {
      GITLAB_TRIGGER_SERVER: url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_TOKEN: tokens.trigger,
      GITLAB_TRIGGER_API_TOKEN: tokens.api,
      PATH: '/usr/bin:/bin',
    }
    const changes = Object.fromEntries(
      Object.entries(env ?? {}).map(([name, value]) => [name, value === undefined ? value : filled(value)]),
    )
    const newOne = (): World =>
      newWorld(
        home.world({
          ...rest,
          ...(stdin !== undefined && { stdin: filled(String(stdin)) }),
          env: withChanges(usualEnv, changes),
        }),
      )
    const type = async (world: World, typed: string): Promise<[code: number, tookMs: number]> => {
      const time = passTime(world, gitlab)
      within?.(world)
      const code = await main(wordsOf(fill(typed), folder.path), world.context).finally(time.stop)
      return [code, time.passed()]
    }
    if (first !== undefined) await type(newOne(), first)
    const world = newOne()
    const [code, tookMs] = await type(world, line)
    const plain = (text: string): string =>
      text
        .replaceAll(folder.path, '{}')
        // That something was typed is said of any flag.
        // What was typed is repeated there.
        .replaceAll(/(?<=To continue the plan: ).*/g, 'LINE')
        .replaceAll(/\b[\da-f]{8}-[\da-f-]{27}\b/g, 'UUID')
        .replaceAll(/\b[\da-f]{32}(?=\.\d)/g, 'HASH')
        .replaceAll(/(?<=:)\d{5}\b/g, (digits) => (digits === String(port) ? digits : 'PORT'))
    return {
      code,
      stdout: plain(world.stdout()),
      stderr: withoutCircumstances(plain(world.stderr())),
      requests: gitlab.requests
        .map(({ method, path, fields, headers, body }) => {
          const shown = fields.length > 0 ? fields.map((field) => field.join('=')).join(' ') : body.toString()
          const { 'private-token': token = '', 'job-token': job = '' } = headers
          return plain(`${method} ${path} ${shown} ${String(token)}${String(job)}`)
        })
        .sort(),
      files: Object.fromEntries(
        filesBelow(folder.path).map((path) => [
          plain(relative(folder.path, path)),
          plain(readFileSync(path, 'latin1')),
        ]),
      ),
      tookMs,
    }
  } finally {
    folder.remove()
  }
}
