import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import { newFolder } from '../helpers/world.ts'

/** Values that tools mangle, by what is odd about them (docs/guarantees.md#T92). */
const odd = {
  plain: 'true',
  empty: '',
  'comma and colon': 'a,b=c:d',
  json: '{"a":1,"b":["x"]}',
  'two lines': 'one\ntwo',
  'line end at the end': 'one\n',
  crlf: 'one\r\ntwo\r\n',
  'carriage return': 'a\rb',
  'a file, to curl -F': '@/etc/hostname',
  'a content, to curl -F': '</etc/hostname',
  'a type, to curl -F': 'a;type=text/x',
  'a flag': '--x',
  'a number': '1.10',
  octal: '0755',
  yes: 'yes',
  'blanks kept': '  a  ',
  quotes: `"a" 'b' \`c\` \\n \\`,
  dollar: '$HOME $(id) %s %%',
  emoji: 'Grüße ✓ 日本 🎉',
  'control characters': 'a\tb\x1b[31mc\x07\u009bd\u202ee\u200bf\u00a0',
  'a boundary': '--------------------------0123456789\r\n',
} as const

describe('the lines for several projects name the token of each', () => {
  const gitlab = useGitlab()
  const home = useHome()

  test.each([
    ['-p 9 -p 11', ["tr -d '\\r\\n' < DIR/nine | ", '--form-string "token=$ELEVEN"']],
    ['-p 9 -p 10', ["tr -d '\\r\\n' < DIR/nine | ", '--form-string "token=$GITLAB_TRIGGER_TOKEN"']],
    ['-p 9', ['--form-string "token=$GITLAB_TRIGGER_TOKEN"']],
  ])('%s', async (projects, says) => {
    home().config(serverYaml(gitlab(), 'projects: { 9: { tokenFile: nine }, 11: { tokenEnv: ELEVEN } }'))
    const { code, stdout } = await run(`${projects} -r master --curl`, home().world())
    expect(code).toBe(0)
    const lines = stdout.split('\n\n')
    expect(lines).toHaveLength(says.length)
    for (const [at, each] of says.entries()) expect(lines[at]).toContain(each.replace('DIR', home().folder))
  })
})

interface Done {
  code: number
  stdout: string
  stderr: string
}

function execute(file: string, args: string[], env: Record<string, string> = {}): Promise<Done> {
  const options = { env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...env } }
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr })
    })
  })
}

const gitlab = useGitlab()

/** The parsed fields of the nth POST, as the sandbox received them. */
const fieldsOf = (at: number): [string, string][] | undefined =>
  posts(gitlab())
    .at(at)
    ?.fields.map(([name, value]) => [name, value.toString('latin1')])

describe('the sandbox receives from us what it receives from curl --form-string', () => {
  test.each(Object.entries(odd))('%s', async (_, value) => {
    const { url, tokens } = gitlab()
    const fields = { token: tokens.trigger, ref: 'master', 'variables[A]': value }
    const options = Object.entries(fields).flatMap(([name, text]) => ['--form-string', `${name}=${text}`])
    const curl = await execute('curl', ['-sS', ...options, `${url}/api/v4/projects/9/trigger/pipeline`])
    expect(curl).toMatchObject({ code: 0, stderr: '' })
    const ours = await run(['--ref', 'master', `--var=A=${value}`], environment(gitlab()))
    expect(ours.code).toBe(0)
    expect(fieldsOf(1)).toEqual(fieldsOf(0))
    expect(fieldsOf(1)).toContainEqual(['variables[A]', Buffer.from(value).toString('latin1')])
  })
})

describe('the line that --curl prints, run by a shell, sends what we send', () => {
  test.each(Object.entries(odd))('%s', async (_, value) => {
    const line = ['--ref', 'master', `--var=A=${value}`, '--var', 'B', '--input', `environment=x${value}y`]
    const options = environment(gitlab(), { B: value })
    const { code, stdout } = await run([...line, '--curl'], options)
    expect(code).toBe(0)
    expect(stdout).not.toContain(gitlab().tokens.trigger)
    const shell = await execute('sh', ['-c', stdout], options.env)
    expect(shell).toMatchObject({ code: 0, stderr: '' })
    await run(line, options)
    expect(fieldsOf(0)).toEqual(fieldsOf(1))
  })

  test.each(Object.entries(odd))('%s, from a file', async (_, value) => {
    const folder = newFolder()
    try {
      const path = join(folder.path, `odd "name" \\ 'x' ; y`)
      writeFileSync(path, value)
      const line = ['--ref', 'master', '--var-file', `A=${path}`]
      const { stdout } = await run([...line, '--curl'], environment(gitlab()))
      const shell = await execute('sh', ['-c', stdout], environment(gitlab()).env)
      expect(shell).toMatchObject({ code: 0, stderr: '' })
      await run(line, environment(gitlab()))
      expect(fieldsOf(0)).toEqual(fieldsOf(1))
    } finally {
      folder.remove()
    }
  })
})
