import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const home = useHome()
const own = (name: string): string => join(home().folder, name)
const typed = (line: string): Promise<Result> => run(line, home().world())

const config = `# mine
default: work
servers:
  work:
    url: https://gitlab.example.com # the office
    apiTokenFile: work.api-token # read
    projects:
      group/docs: { tokenFile: work.group%2Fdocs.token, ref: main }
      group/site: { tokenFile: ~/work.elsewhere.token }
      group/else: { tokenFile: mine.txt }
      group/other: { tokenFile: old.token }
      group/pass: { tokenCommand: [pass, show, x] }
  old:
    url: https://old.example.com
    tokenFile: old.token
`

function prepare(text = config): void {
  home().config(text)
  for (const name of ['work.api-token', 'work.group%2Fdocs.token', 'old.token', 'mine.txt'])
    home().write(`home/.config/gitlab-trigger/${name}`, 'x')
  home().write('home/work.elsewhere.token', 'x')
}

describe('logout', () => {
  test.each(['logout work', 'logout'])(
    '%s: files that login wrote, and the keys that name them',
    async (line) => {
      prepare()
      const { code, stdout, stderr } = await typed(line)
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
      expect(readFileSync(own('config.yaml'), 'utf8')).toBe(
        config
          .replace('    apiTokenFile: work.api-token # read\n', '')
          .replace('{ tokenFile: work.group%2Fdocs.token, ref: main }', '{ ref: main }'),
      )
      expect(readdirSync(home().folder).sort()).toEqual(['config.yaml', 'mine.txt', 'old.token'])
      expect(existsSync(join(home().home, 'work.elsewhere.token'))).toBe(true)
      expect(stderr).toContain(
        `Removed ${own('work.api-token')}, and servers.work.apiTokenFile from ${own('config.yaml')}.\n`,
      )
      expect(stderr).toContain('The tokens are still valid at GitLab until they are revoked there.')
      expect(stderr).toContain('To revoke the API token of work: in GitLab, User settings > Access tokens.\n')
      expect(stderr).toMatch(
        /^To revoke the trigger token of group\/docs: https:\/\/\S+\/group\/docs\/-\/settings\/ci_cd$/m,
      )
      expect(await typed(line)).toMatchObject({
        code: 0,
        stderr: 'No token is stored for work; nothing was removed.\n',
      })
    },
  )

  test('--all', async () => {
    prepare()
    expect((await typed('logout --all')).code).toBe(0)
    expect(readdirSync(home().folder).sort()).toEqual(['config.yaml', 'mine.txt'])
    expect(readFileSync(own('config.yaml'), 'utf8')).toContain('  old:\n    url: https://old.example.com\n')
    expect((await typed('config list')).code).toBe(0)
  })

  test.each<[line: string, text: string, code: number, says: string]>([
    ['logout wrok', config, 14, 'did you mean "work"?'],
    ['logout work --all', config, 2, 'cannot be used together'],
    ['logout', config.replace('default: work\n', ''), 2, 'Give one of work, old, or --all.'],
    ['logout', '', 2, 'no server is configured'],
  ])('%s (%#): exit %3$d', async (line, text, code, says) => {
    prepare(text)
    const result = await typed(line)
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(says)
    expect(readFileSync(own('config.yaml'), 'utf8')).toBe(text)
    expect(readdirSync(home().folder)).toHaveLength(5)
  })
})
