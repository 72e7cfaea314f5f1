import { linkSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { useGitlab } from '../helpers/gitlab.ts'
import { filesBelow, useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

const plan = 'targets: { a: { project: 9, ref: master } }\n'

describe('a file that is read is not written: 2, nothing sent, no file changed', () => {
  const gitlab = useGitlab()
  const home = useHome()

  // `{}` is the folder that holds everything, `CONFIG` the config file.
  test.each([
    ['--dotenv tok --token-file tok', '--dotenv', '--token-file'],
    ['--dotenv ./tok --token-file {}/work/checkout/tok', '--dotenv', '--token-file'],
    ['--log-file tok --token-file tok', '--log-file', '--token-file'],
    ['--log-file link --token-file tok', '--log-file', '--token-file'],
    ['--dotenv tok --token-file link', '--dotenv', '--token-file'],
    ['--dotenv hard --token-file tok', '--dotenv', '--token-file'],
    ['--wait --junit api --api-token-file api', '--junit', '--api-token-file'],
    ['--var-file X=f --dotenv f', '--dotenv', '--var-file X'],
    ['--vars-from f --annotations f', '--annotations', '--vars-from'],
    ['--cacert f --dotenv f', '--dotenv', '--cacert'],
    ['--cert f --key f --dotenv f', '--dotenv', '--cert'],
    ['--dotenv CONFIG', '--dotenv', 'config'],
    ['--log-file CONFIG', '--log-file', 'config'],
    ['--config f --dotenv f', '--dotenv', '--config'],
    ['--dotenv {}/home/.config/gitlab-trigger/t', '--dotenv', 'config.yaml:'],
    ['--log-file {}/home/.config/gitlab-trigger/t', '--log-file', 'config.yaml:'],
    ['--dotenv tok --token-file tok --dry-run', '--dotenv', '--token-file'],
    ['batch p.yml --joblog p.yml', '--joblog', 'batch'],
    ['batch p.yml --junit p.yml', '--junit', 'batch'],
    ['batch p.yml --joblog p.yml --check', '--joblog', 'batch'],
    ['batch p.yml --dotenv tok --token-file tok', '--dotenv', '--token-file'],
    ['batch p.yml --joblog tok --token-file tok', '--joblog', '--token-file'],
    ['batch p.yml --joblog {}/home/.config/gitlab-trigger/t', '--joblog', 'config.yaml:'],
    ['batch p.yml --joblog CONFIG', '--joblog', 'config'],
    [
      'batch - --joblog p.yml < p.yml',
      '--joblog',
      'p.yml is a file that this command reads (standard input)',
    ],
    ['batch - --check --dotenv p.yml < p.yml', '--dotenv', '(standard input)'],
    ['batch - --log-file p.yml < p.yml', '--log-file', '(standard input)'],
    ['--vars-from - --dotenv f < f', '--dotenv', '(standard input)'],
    ['--vars-from - --dotenv hard --dry-run < link', '--dotenv', '(standard input)'],
    ['--token-stdin --log-file tok < tok', '--log-file', '(standard input)'],
    ['--wait --junit f', '--junit', '(NODE_EXTRA_CA_CERTS)'],
  ])('%s', async (line, flag, other) => {
    const config = home().config(
      `default: w\nservers: { w: { url: ${gitlab().url}, tokenFile: t, project: 9, ref: master } }\n`,
    )
    const { trigger, api } = gitlab().tokens
    home().write('home/.config/gitlab-trigger/t', trigger)
    const tok = home().write('work/checkout/tok', trigger)
    home().write('work/checkout/api', api)
    home().write('work/checkout/f', 'A=1\n')
    home().write('work/checkout/p.yml', plan)
    symlinkSync(tok, join(home().checkout, 'link'))
    linkSync(tok, join(home().checkout, 'hard'))
    const content = (): string[][] =>
      filesBelow(home().root)
        .filter((path) => !path.includes('/.local/'))
        .map((path) => [path, readFileSync(path).toString('latin1')])
    const before = content()
    const names = /(?<= |=)(?=(tok|api|f|link|hard|p\.yml)( |$))/g
    const [words = '', input] = line.split(' < ')
    const typed = words.replaceAll(names, `${home().checkout}/`)
    const whole = typed.replaceAll('{}', home().root).replaceAll('CONFIG', config)
    const { code, stderr } = await run(
      whole,
      home().world({
        ...(input !== undefined && { stdinFile: join(home().checkout, input) }),
        env: other.includes('NODE_EXTRA') ? { NODE_EXTRA_CA_CERTS: join(home().checkout, 'f') } : {},
      }),
    )
    expect(stderr).toContain(`${flag}: `)
    expect(stderr).toContain('is a file that this command reads')
    expect(stderr).toContain(other)
    expect(code).toBe(2)
    expect(gitlab().requests).toEqual([])
    expect(content()).toEqual(before)
  })
})
