import fc from 'fast-check'
import { breakCommands, breakJsonCommands } from '../../src/core/text/ci-commands.ts'
import { CommandBreaker } from '../../src/output/logs/command-breaker.ts'
import { changeTexts, changingServer, type ChangeAnswer } from '../helpers/changing-server.ts'
import { prepareServer, serverLines, wordsOf } from '../helpers/command-lines.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { holds } from '../helpers/property.ts'
import { run, type Result } from '../helpers/run.ts'
import { useFolder } from '../helpers/world.ts'

/** Commands as every runner that reads a log finds them: GitHub's at the beginning of a line, the others anywhere. */
const commands =
  /##(?:vso|teamcity|octopus)\[|##\[[a-z]|^\s*::[a-z-]+[ :]|section_(?:start|end):\d|\x1b\[8mha:/im

/** A text with a command of every kind, for any place of an answer. */
const hostile = [
  '::error::a',
  'b\n::set-output name=x::y',
  'c ##vso[task.setvariable variable=PATH]/evil ##[error]d',
  "##teamcity[buildStatus text='e']",
  'section_start:1:f\r\x1b[0K\x1b[8mha:////g\x1b[0m',
].join(' \n')

const gitlab = useGitlab()
const folder = useFolder()

const understood = /^(id|status|.*_at|web_url|token|path_with_namespace|message|error)$/

async function typed(line: string, change: ChangeAnswer, env: Record<string, string> = {}): Promise<Result> {
  const server = await changingServer(gitlab().url)
  try {
    const own = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api, GITLAB_TRIGGER_SERVER: server.url, ...env }
    const world = { ...environment(gitlab(), own), cwd: folder().path }
    await prepareServer(gitlab())
    server.change = change
    return await run(wordsOf(line, folder().path), world)
  } finally {
    await server.close()
  }
}

const everyText: ChangeAnswer = (body) =>
  changeTexts(body, (text, names) => (understood.test(names.at(-1) ?? '') ? text : hostile))

test.each(Object.values(serverLines))(
  'no text of a server is a command in what is printed: %s',
  async (line) => {
    const isLog = line.startsWith('logs')
    for (const flags of isLog ? [''] : ['', ' --json', ' --verbose']) {
      const { code, stdout, stderr } = await typed(`${line}${flags}`, everyText, { GITHUB_ACTIONS: 'true' })
      const own = isLog ? /^::(?:group::.*|endgroup::)$/gm : /(?!)/g
      expect([code === 1, commands.exec(stdout.replace(own, '')), commands.exec(stderr)]).toEqual([
        false,
        null,
        null,
      ])
    }
  },
)

test.each([400, 404, 500])('nor is a refusal: %s', async (status) => {
  const body = JSON.stringify({ message: hostile })
  for (const flags of ['', '--json']) {
    gitlab().failNext({ kind: 'answer', method: 'POST', status, contentType: 'application/json', body })
    const { stdout, stderr } = await run(`--ref master --api v4 ${flags}`, environment(gitlab()))
    expect(stderr).toContain('teamcity')
    expect([commands.exec(stdout), commands.exec(stderr)]).toEqual([null, null])
  }
})

test('JSON holds what the server sent', async () => {
  const { stdout } = await typed('status 4711 --json', everyText)
  const { pipeline, ref } = JSON.parse(stdout) as { pipeline?: { ref: string }; ref?: string }
  expect(pipeline?.ref ?? ref).toBe(hostile)
})

test('JSON with commands broken is the same JSON', () => {
  const part = fc.constantFrom(
    '##[',
    '##vso[',
    '##teamcity[x',
    '::',
    'error',
    '\\',
    '"',
    '\n',
    'section_start:1',
    'travis_fold:',
  )
  const text = fc.array(part).map((parts) => parts.join(''))
  holds(
    fc.property(fc.array(fc.dictionary(text, text)), (value) => {
      const json = breakJsonCommands(JSON.stringify(value))
      expect(JSON.parse(json)).toEqual(value)
      expect(json).not.toMatch(commands)
    }),
    500,
  )
})

test.each([{}, { BUILDKITE: 'true', TRAVIS: 'true' }])(
  'a log is broken alike wherever it is cut (%j)',
  (env) => {
    const part = fc.constantFrom(
      ...[
        '#',
        '##',
        '[',
        '##vso',
        'vso[',
        'a',
        ' ',
        '\n',
        ':',
        '::',
        '::error',
        'section_',
        'start:',
        '1',
        '\x1b[1m',
      ],
      ...['\x1b[8m', 'ha:', '---', '- ', '+++', '~', '^^^ ', 'travis_', 'fold:', '\u00a0', 'teamcity['],
    )
    holds(
      fc.property(fc.array(fc.array(part).map((parts) => parts.join(''))), (pieces) => {
        const breaker = new CommandBreaker(env)
        const result = [
          ...pieces.map((piece) => breaker.add(Buffer.from(piece)).toString()),
          breaker.end().toString(),
        ]
        const shown = result.join('')
        expect(shown).not.toMatch(commands)
        expect(shown.replaceAll(' ', '')).toBe(pieces.join('').replaceAll(' ', ''))
        if (!('BUILDKITE' in env)) expect(shown).toBe(breakCommands(pieces.join(''), env))
      }),
      1000,
    )
  },
)
