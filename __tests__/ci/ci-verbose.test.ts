import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jobEnvironment } from '../helpers/environment.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { newFolder } from '../helpers/world.ts'

const line = '--project 9 --ref master'
const gitlab = useGitlab()

describe('--verbose says where each value came from', () => {
  /** The lines of stderr that tell a value, by what they are about. */
  const told = (stderr: string, name: string): string[] =>
    stderr.split('\n').filter((text) => text.startsWith(`${name} `))

  test.each<[what: string, source: string, words: string, env: Record<string, string>]>([
    ['server', 'CI_API_V4_URL', '', {}],
    ['server', 'CI_SERVER_URL', '', { CI_API_V4_URL: '' }],
    ['server', 'GITLAB_TRIGGER_SERVER', '', { GITLAB_TRIGGER_SERVER: 'URL' }],
    ['server', '--server', '--server URL', { GITLAB_TRIGGER_SERVER: 'https://lost.example' }],
    ['project', '--project', '', { GITLAB_TRIGGER_PROJECT: '10' }],
    ['ref', '--ref', '', { GITLAB_TRIGGER_REF: 'lost' }],
    ['token', 'CI_JOB_TOKEN', '', {}],
    ['token', 'GITLAB_TRIGGER_TOKEN', '', { GITLAB_TRIGGER_TOKEN: 'TOKEN' }],
    ['token', '--token', '--token=TOKEN', { GITLAB_TRIGGER_TOKEN: 'the-token-that-loses' }],
    ['api token', 'GITLAB_TRIGGER_API_TOKEN', '', { GITLAB_TRIGGER_API_TOKEN: 'api-token' }],
    ['api', 'built-in', '', {}],
    ['api', '--api', '--api v4', {}],
    ['timeout', 'built-in', '', {}],
    ['timeout', '--timeout', '--timeout 9', {}],
    ['retry', 'built-in', '', {}],
    ['retry', '--retry', '--retry 1', {}],
    ['variable', '--var', '--var A=1', {}],
    ['variable', 'environment variable A', '--var A', { A: '1' }],
    ['input', '--input', '--input environment=x', {}],
    ['input', '--input-json', '--input-json replicas=2', {}],
  ])('%s: %s', async (what, source, words, env) => {
    const { url, tokens } = gitlab()
    const fill = (text: string): string => text.replace('URL', url).replace('TOKEN', tokens.trigger)
    const given = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, /^(URL|TOKEN)$/.test(value) ? fill(value) : value]),
    )
    const { code, stderr } = await run(
      `${line} --verbose ${words.replace(/URL$|TOKEN$/, fill)}`,
      jobEnvironment(gitlab(), given),
    )
    expect(code).toBe(0)
    const lines = told(stderr, what)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(
      new RegExp(`\\((flag |environment variable )?${source.replace('environment variable ', '')}\\)$`),
    )
    expect(stderr).not.toContain('lost')
  })

  test('of files and standard input, too', async () => {
    const folder = newFolder()
    try {
      const file = (name: string, text: string): string => {
        const path = join(folder.path, name)
        writeFileSync(path, text, { mode: 0o600 })
        return path
      }
      const dotenv = file('a.env', '# one\nA=1\n')
      const value = file('value', '2')
      const token = file('token', gitlab().tokens.trigger)
      const words = [
        '--vars-from',
        dotenv,
        '--vars-from',
        '-',
        '--var-file',
        `B=${value}`,
        '--token-file',
        token,
      ]
      const options = { ...jobEnvironment(gitlab()), stdin: 'C=3\n' }
      const { code, stderr } = await run([...line.split(' '), '--verbose', ...words], options)
      expect(code).toBe(0)
      expect(told(stderr, 'variable')).toEqual([
        expect.stringMatching(new RegExp(`A .*\\(file ${dotenv}:2\\)$`)),
        expect.stringMatching(/C .*standard input/),
        expect.stringMatching(new RegExp(`B .*\\(file ${value}\\)$`)),
      ])
      expect(told(stderr, 'token')).toEqual([expect.stringContaining(token)])
    } finally {
      folder.remove()
    }
  })
})
