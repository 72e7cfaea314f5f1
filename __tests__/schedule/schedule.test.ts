import { version } from '../../src/core/version.ts'
import { useGitlab, environment, lastFields, posts } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, words, type Line, type Result } from '../helpers/run.ts'
import { spawnProgram } from '../helpers/spawn.ts'
import type { WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

const forms = ['cron', 'systemd', 'kubernetes', 'gitlab-ci', 'github-actions', 'curl'] as const
const where = ['--server', 'https://gitlab.example.com', '--project', '9', '--ref', 'master']

const printed = (line: Line, options: WorldOptions = {}): Promise<Result> =>
  run(['schedule', ...words(line)], home().world(options))

const tokenOfGitlab = 'glpat-c4n4ryc4n4ryc4n4ry'

describe.each(forms)('schedule %s', (form) => {
  test('sends nothing, ends with the command that tests it now, and says when', async () => {
    const { code, stdout, stderr } = await printed([form, ...where, '--at', '30 0 * * *'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/\n# Test it now .+\n$/)
    expect(stdout).toContain('master')
    expect(stderr).toContain('At 00:30, every day; next: Mon 23 Nov 2026, 00:30 (')
    expect(gitlab().requests).toEqual([])
  })

  test('never prints a secret, wherever it comes from', async () => {
    const secret = 'glptt-c4n4ryc4n4ryc4n4ry'
    home().write('secret.token', secret)
    const env = { GITLAB_TRIGGER_TOKEN: secret, GITLAB_TRIGGER_API_TOKEN: secret, CI_JOB_TOKEN: secret }
    home().config(
      serverYaml({ url: 'https://gitlab.example.com' }, `token: ${secret}`, `apiToken: ${secret}`),
    )
    for (const more of [[], ['--token-file', `${home().root}/secret.token`], ['--follow']]) {
      for (const options of [{}, { env }]) {
        const { code, stdout, stderr } = await printed([form, ...where, ...more], options)
        expect(code).toBe(0)
        expect(stdout + stderr).not.toContain('c4n4ry')
      }
    }
  })

  test('refuses a variable with the very token that it would not show', async () => {
    const token = 'c4n4ry-of-no-known-form'
    for (const [more, env] of [
      [['--token', token], {}],
      [[], { GITLAB_TRIGGER_TOKEN: token }],
    ] as const) {
      const { code, stdout, stderr } = await printed([form, ...where, ...more, '--var', `A=${token}`], {
        env,
      })
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('--var A: the value holds a token')
    }
  })

  // prettier-ignore
  test.each([
    [['--token', 'c4n4ry-of-no-known-form'], '--token: what is printed contains no token\n'],
    [['-t', 'glptt-c4n4ryc4n4ryc4n4ry'], '--token: what is printed contains no token\n'],
    [['--token-stdin'], '--token-stdin: nothing is on standard input when the schedule runs\n'],
    [['--token-file', '-'], '--token-file -: nothing is on standard input when the schedule runs\n'],
  ])('refuses a token that the run would not get, and says where it gets one: %j', async (more, says) => {
    const { code, stdout, stderr } = await printed([form, ...where, ...more])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('c4n4ry')
    expect(stderr).toMatch(
      form === 'gitlab-ci'
        ? /its own job token/
        : form === 'github-actions'
          ? /repository secret GITLAB_TRIGGER_TOKEN/
          : /--token-file PATH, or .* gitlab-trigger config edit-token stores/,
    )
  })

  test('says of a token file that the run will not have it', async () => {
    const { code, stderr } = await printed([form, ...where, '--token-file', 'my.token'])
    expect(code).toBe(0)
    const isOfCi = form === 'gitlab-ci' || form === 'github-actions'
    expect(/^--token-file names a file of this machine and is not used: the run uses /m.test(stderr)).toBe(
      isOfCi,
    )
  })

  test('says of variables what a run says of them', async () => {
    const pairs = ['--var', 'A=x\r', '--input', 'b=\r', '--var', 'CI_COMMIT_SHA=x', '--var', 'C=1']
    const { code, stderr } = await printed([form, ...where, ...pairs])
    const said = stderr.split('\n').filter((each) => /^(warning|Note): /.test(each))
    expect({ code, said }).toEqual({
      code: 0,
      said: [
        'warning: these values end in a carriage return (CR) and are sent with it: A, b. Was a file with Windows line ends read?',
        'Note: GitLab itself sets CI_COMMIT_SHA; in the jobs of this pipeline the value sent here takes precedence.',
      ],
    })
    expect((await printed([form, ...where, '--var', 'C=1'])).stderr).not.toMatch(/^(warning|Note): /m)
  })

  test('takes no word for a token that is none', async () => {
    const { code } = await printed([form, ...where, '--var', 'A=group/glossary-documentation-site gl-1'])
    expect(code).toBe(0)
  })

  test.each([
    [['--proxy', 'http://me:secret@proxy:3128'], '--proxy: a password would be shown'],
    [['--vars-from', '-'], 'nothing is on standard input then'],
    [['--ref', 'a b'], 'the ref "a b" holds a blank'],
    [['--var', 'A B=1'], 'cannot be the name of a variable'],
    [['--timeout', 'soon'], '--timeout: "soon" is not a duration'],
    [['--nope'], 'unknown flag --nope'],
    [['--heartbeat', 'http://me:secret@x/y'], 'the address holds a password or a token'],
    [['--heartbeat', `http://x/${tokenOfGitlab}`], '--heartbeat: the value holds a token'],
    [['--var', `A=x ${tokenOfGitlab}`], '--var A: the value holds a token, which would be shown'],
    [['--input', `a=${tokenOfGitlab}`], '--input a: the value holds a token'],
    [['--jitter', 'soon'], '--jitter: "soon" is not a duration'],
    [['--queue-timeout', '5m'], '--queue-timeout needs --wait or --follow'],
    [['--dry-run'], '--dry-run: a run with it never triggers anything'],
    [['--curl'], '--curl: a run with it never triggers anything'],
  ])('refuses what run would refuse, and what nobody could run: %j', async (more, says) => {
    const line = more[0] === '--ref' ? where.slice(0, 4) : where
    const { code, stdout, stderr } = await printed([form, ...line, ...more])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).not.toMatch(/secret@|c4n4ry/)
  })
})

test('of a variable whose value a run will take from its environment the name is enough', async () => {
  const { code, stderr } = await printed(['gitlab-ci', ...where, '--var', 'CI_COMMIT_SHA'])
  expect(code).toBe(0)
  expect(stderr).toMatch(/^Note: GitLab itself sets CI_COMMIT_SHA;/m)
})

describe('a crontab line', () => {
  const line = async (typed: Line, options: WorldOptions = {}): Promise<string> =>
    (await printed(typed, options)).stdout.split('\n')[0] ?? ''

  test('has absolute paths, the token in a file, and \\% for %', async () => {
    const typed = ['cron', ...where, '--token-file', 'my.token', '--cacert', 'ca.pem', '--var', 'P=50%']
    home().write('work/checkout/ca.pem', '')
    const { checkout } = home()
    const text = await line(typed.filter((word) => word !== '--cacert' && word !== 'ca.pem'))
    expect(text).toBe(
      `30 0 * * * /opt/node/bin/node /opt/bin/gitlab-trigger ${where.join(' ')} --var 'P=50\\%' --token-file ${checkout}/my.token`,
    )
  })

  test('says what was in the environment, which cron does not have', async () => {
    const env = {
      GITLAB_TRIGGER_SERVER: 'https://gitlab.example.com',
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_REF: 'v1',
    }
    expect(await line('cron', { env })).toContain(
      '--server https://gitlab.example.com --project 9 --ref v1 --token-file ',
    )
  })

  test('of a recipe has three words', async () => {
    const config = serverYaml({ url: 'https://gitlab.example.com' }, 'tokenFile: work.token')
    home().config(`${config}recipes: { nightly: { project: 9, ref: master } }\n`)
    expect(await line('cron nightly --at @daily')).toBe(
      '0 0 * * * /opt/node/bin/node /opt/bin/gitlab-trigger run nightly',
    )
  })

  const nine = 'projects: { 9: { tokenFile: nine.token } }'
  // prettier-ignore
  test.each([
    ['the project has its token', [nine], '', '-p 9 -r master', ''],
    ['a project by its path', ['projects: { seed/app: { id: 9, tokenFrom: keyring } }'], '', '-p 9 -r master', ''],
    ['another project has its token', [nine], '', '-p 11 -r master', '.trigger-token'],
    ['the recipe has its token', [], '{ project: 9, ref: master, tokenCommand: [pass, t] }', 'n', ''],
    ['a target has its token', [], '{ targets: [{ project: 9, ref: a, token: x }] }', 'n', ''],
    ['one of two targets has its token', [nine], '{ targets: [{ project: 9, ref: a }, { project: 11, ref: a }] }', 'n', '.trigger-token'],
    ['the token is in the environment', ['projects: { 9: { tokenEnv: DOCS } }'], '', '-p 9 -r master', '.trigger-token'],
  ])('where %s', async (_, lines, recipe, typed, file) => {
    const config = serverYaml({ url: 'https://gitlab.example.com' }, ...lines)
    home().config(recipe === '' ? config : `${config}recipes: { n: ${recipe} }\n`)
    for (const form of ['cron', 'systemd']) {
      const { code, stdout, stderr } = await printed([form, ...words(typed), '--at', '@daily'])
      expect(code).toBe(0)
      if (file === '') expect(stdout + stderr).not.toContain('trigger-token')
      else expect(stdout).toContain(file)
    }
  })

  test('a file of the token of a project is what is to be carried elsewhere', async () => {
    home().config(serverYaml({ url: 'https://gitlab.example.com' }, nine))
    const { stdout } = await printed('kubernetes -p 9 -r master --at @daily')
    expect(stdout).toContain(`${home().folder}/nine.token`)
  })

  test('names the file for a token that nobody named, and how to make it', async () => {
    const { stdout, stderr } = await printed(['cron', ...where])
    const path = `${home().home}/.trigger-token`
    expect(stdout).toContain(`--token-file ${path}\n`)
    expect(stderr).toContain(`(umask 077; printf %s "$TOKEN" > ${path})`)
  })

  test('says what of the environment it will miss', async () => {
    const { stderr } = await printed(['cron', ...where], {
      env: { https_proxy: 'http://p:1', NODE_EXTRA_CA_CERTS: '/x' },
    })
    expect(stderr).toContain(
      'The scheduled run will not have XDG_CONFIG_DIRS, NODE_EXTRA_CA_CERTS, https_proxy',
    )
  })

  test('goes by the home on record, which is where cron looks', async () => {
    const { stdout, stderr } = await printed(['cron', ...where], { home: '/home/seed' })
    expect(stdout).toContain(' env -i HOME=/home/seed LOGNAME=')
    expect(stderr).toContain('HOME (/home/seed there): use flags')
    const same = await printed(['cron', ...where], { home: home().home })
    expect(same.stderr).not.toContain('HOME (')
  })

  test.each([
    [['--var', 'A=1\n2'], 'cannot hold a line end'],
    [['--var', `A=${'x'.repeat(990)}`], 'cron accepts 998'],
    [['--var', 'HOME'], '--var HOME: its value comes from the environment'],
    [['--lock', '../x'], '--lock: "../x" is not a name'],
  ])('that cannot be is refused: %#', async (more, says) => {
    const { code, stderr } = await printed(['cron', ...where, ...more])
    expect(code).toBe(2)
    expect(stderr).toContain(says)
  })
})

describe('systemd units', () => {
  test('read the token as a credential, and keep state and delay where they belong', async () => {
    const more = [
      '--token-file',
      '/etc/t',
      '--jitter',
      '10m',
      '--lock',
      'nightly',
      '--log-file',
      '/var/log/ci/runs.log',
    ]
    const { stdout } = await printed(['systemd', ...where, ...more, '--timezone', 'Europe/Berlin'])
    expect(stdout).toContain('\nLoadCredential=gitlab_trigger_token:/etc/t\n')
    expect(stdout).toContain('\nRandomizedDelaySec=600\n')
    expect(stdout).toContain('\nStateDirectory=gitlab-trigger\n')
    expect(stdout).toContain('\nReadWritePaths=/var/log/ci\n')
    expect(stdout).toContain('\nOnCalendar=*-*-* 00:30:00 Europe/Berlin\n')
    expect(stdout).not.toMatch(/ExecStart=.*--(token-file|jitter)/)
  })

  test('may write where a report goes', async () => {
    const more = ['--wait', '--dotenv', 'a/x.env', '--junit', '/var/j/x.xml', '--artifacts', '/srv/art']
    const { stdout } = await printed(['systemd', ...where, ...more])
    expect([...stdout.matchAll(/^ReadWritePaths=(.*)$/gm)].map(([, path]) => path)).toEqual([
      `${home().checkout}/a`,
      '/var/j',
      '/srv',
    ])
  })

  test("go by the machine's own clock where nobody chose another", async () => {
    expect((await printed(['systemd', ...where])).stdout).toContain('\nOnCalendar=*-*-* 00:30:00\n')
  })
})

describe('elsewhere', () => {
  test('everything of a recipe is said, since no config is there', async () => {
    home().config(
      `${serverYaml({ url: 'https://gitlab.example.com' }, 'tokenFile: work.token', 'timeout: 2m')}recipes:
  nightly: { project: group/docs, ref: main, variables: { A: "1", B: "2" }, wait: true, queueTimeout: 5m }\n`,
    )
    const { stdout } = await printed('gitlab-ci nightly --var B=3 --var CI_COMMIT_TAG')
    expect(stdout).toContain(
      "gitlab-trigger --server https://gitlab.example.com --project group/docs --ref main --var 'A=1' --var 'B=3' --var CI_COMMIT_TAG --timeout 120000ms --wait --queue-timeout 5m --dotenv trigger.env\n",
    )
  })

  test('a job of .gitlab-ci.yml with a time says how to make the schedule that it needs', async () => {
    const { stdout } = await printed(['gitlab-ci', ...where, '--at', '@daily', '--timezone', 'UTC'])
    expect(stdout).toContain('if: $CI_PIPELINE_SOURCE == "schedule"\n')
    expect(stdout).toContain(
      "\n# gitlab-trigger schedule gitlab create --at '0 0 * * *' --timezone UTC --project ID --ref main\n",
    )
    expect((await printed(['gitlab-ci', ...where])).stdout).not.toContain('schedule')
  })

  test.each(['', 'a b'])('the image %j is none', async (image) => {
    expect(await printed(['kubernetes', ...where, '--image', image])).toMatchObject({ code: 2, stdout: '' })
  })

  describe.each([
    ['kubernetes', 'image', `gitlab-trigger:${version}`, 'image: r.example.com/x:1\n'],
    ['gitlab-ci', 'image', `gitlab-trigger:${version}`, 'image: r.example.com/x:1\n'],
    ['github-actions', 'package', `gitlab-trigger@${version}`, '--ignore-scripts r.example.com/x:1\n'],
  ])('where %s gets the %s from', (form, kind, built, printedName) => {
    const name = 'r.example.com/x:1'
    const notice = `No registry has the ${kind} ${built} yet. Create it (docs/packaging.md) and name yours: --${kind} NAME.\n`

    test('is said as long as nothing is published', async () => {
      const { stdout, stderr } = await printed([form, ...where])
      expect(stdout).toContain(built)
      expect(stderr).toContain(notice)
    })

    test('is the name that was typed, or that the config has', async () => {
      home().config(`${kind}: ${name}\n`)
      for (const more of [[], [`--${kind}`, name]]) {
        const { stdout, stderr } = await printed([form, ...where, ...more])
        expect(stdout).toContain(printedName)
        expect(stderr).not.toContain('registry')
      }
      expect((await printed([form, ...where, `--${kind}`, 'typed:2'])).stdout).toContain('typed:2')
    })

    test.each(['', 'a b', '-x'])('is not %j', async (wrong) => {
      expect(await printed([form, ...where, `--${kind}=${wrong}`])).toMatchObject({ code: 2, stdout: '' })
      home().config(`${kind}: ${JSON.stringify(wrong)}\n`)
      expect(await printed([form, ...where])).toMatchObject({ code: 14, stdout: '' })
    })

    test('shows no token', async () => {
      const secret = `https://x:${tokenOfGitlab}@r.example.com/x.tgz`
      expect(await printed([form, ...where, `--${kind}`, secret])).toMatchObject({ code: 2, stdout: '' })
      home().config(`${kind}: ${secret}\n`)
      expect(await printed([form, ...where])).toMatchObject({ code: 2, stdout: '' })
    })
  })

  test('a job of .gitlab-ci.yml needs no server: its own is meant', async () => {
    const { code, stdout } = await printed('gitlab-ci --project 9 --ref master')
    expect(code).toBe(0)
    expect(stdout).toContain('- gitlab-trigger --project 9 --ref master --dotenv trigger.env\n')
    expect(stdout).toContain('if: $CI_COMMIT_TAG\n')
    expect(stdout).not.toContain('invalid')
  })

  test.each([
    ['kubernetes', '--once K', 'needs a machine that remembers'],
    ['gitlab-ci', '--lock L', 'resource_group'],
    ['github-actions', '--only-if-changed', 'needs a machine that remembers'],
    ['kubernetes', '--var-file A=x', 'names a file of this machine\nPut a variable'],
    ['kubernetes', '--log-file x', 'names a file of this machine\nIt would be gone'],
    ['kubernetes', '--cacert x', 'names a file of this machine\nMount it'],
    ['kubernetes', '--var HOME', 'its value comes from the environment'],
  ])('%s %s is refused', async (form, more, says) => {
    const { code, stderr } = await printed([form, ...where, ...words(more)])
    expect(code).toBe(2)
    expect(stderr).toContain(says)
  })

  describe('the way to the server that the config describes', () => {
    const told = async (form: string, ...lines: string[]): Promise<Result> => {
      const url = 'http://gitlab.example.com'
      home().config(serverYaml({ url }, 'tokenFile: work.token', 'allowHttp: true', ...lines))
      return printed([form, '--project', '9', '--ref', 'master'])
    }

    test.each(['kubernetes', 'gitlab-ci', 'github-actions'])('%s: is said', async (form) => {
      const { code, stdout } = await told(form, 'proxy: http://proxy.example.com:3128')
      expect(code).toBe(0)
      expect(stdout.replaceAll(/['\n -]+/g, ' ')).toContain('allow http proxy http://proxy.example.com:3128')
    })

    test('what cannot be printed is told', async () => {
      const { stdout, stderr } = await told('kubernetes', 'proxy: http://me:c4n4ry@proxy', 'caFile: ca.pem')
      expect(stdout + stderr).not.toContain('c4n4ry')
      expect(stderr).toContain(
        "The server's proxy has a password and is not printed: set https_proxy there.\n",
      )
      expect(stderr).toContain(
        "The server's caFile is a file of this machine: bring it there, and add --cacert PATH.\n",
      )
    })
  })

  test('a token among the variables of a recipe is refused only where they are printed', async () => {
    home().config(
      `${serverYaml({ url: 'https://gitlab.example.com' }, 'tokenFile: work.token')}recipes:\n  nightly: { project: 9, ref: main, variables: { A: ${tokenOfGitlab} } }\n`,
    )
    expect((await printed('cron nightly')).code).toBe(0)
    const { code, stdout, stderr } = await printed('gitlab-ci nightly')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/config\.yaml:\d+: the value holds a token/)
  })

  test.each([
    ['', false],
    ['--wait', true],
    ['--skip-if-running', true],
  ])('what reads gets a token that may, and the time that it takes: %s', async (more, reads) => {
    const github = (await printed(['github-actions', '--at', '@daily', ...where, ...words(more)])).stdout
    expect(github.includes('GITLAB_TRIGGER_API_TOKEN: ${{ secrets.GITLAB_TRIGGER_API_TOKEN }}')).toBe(reads)
    expect(github.includes('timeout-minutes')).toBe(!reads)
    const job = (await printed(['gitlab-ci', ...where, ...words(more)])).stdout
    expect(job.includes('GITLAB_TRIGGER_API_TOKEN with an API token (read_api)')).toBe(reads)
  })

  test('GitHub sees no expression in a value', async () => {
    const { stdout } = await printed(['github-actions', ...where, '--var', 'A=${{ secrets.X }}'])
    // Comments are no values.
    expect(stdout.replace(/^#.*$/gm, '')).not.toContain('${{ secrets.X')
  })
})

test('what a curl line cannot do is said, and no token is asked for that it does not read', async () => {
  const { stdout, stderr } = await printed(['curl', ...where, '--jitter', '10m', '--wait', '--timeout', '9s'])
  expect(stderr).toContain('A curl line cannot do --jitter, --wait.\n')
  expect(stderr).not.toContain('API token')
  expect(stdout).toMatch(/\n# Test it now \(it starts a pipeline\): run it as it stands\.\n$/)
})

test('the curl line works, with a token file that ends in a line end, and no token in its arguments', async () => {
  const path = home().write('the.token', `${gitlab().tokens.trigger}\r\n`)
  const { env } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' })
  const { stdout } = await printed(['curl', '--token-file', path, '--var', "A=a'b;c\nd"], {
    env: { ...env, GITLAB_TRIGGER_TOKEN: '' },
  })
  expect(stdout).not.toContain(gitlab().tokens.trigger)
  const done = await spawnProgram('/bin/sh', ['-c', stdout], { env: { PATH: '/usr/bin:/bin' } })
  expect(done.code).toBe(0)
  expect(posts(gitlab())).toHaveLength(1)
  expect(lastFields(gitlab())).toEqual({
    token: gitlab().tokens.trigger,
    ref: 'master',
    'variables[A]': "a'b;c\nd",
  })
})
