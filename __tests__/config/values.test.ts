import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import { launcher, spawnProgram } from '../helpers/spawn.ts'

describe('a config file that looks odd and is right', () => {
  const gitlab = useGitlab()
  const home = useHome()

  const texts: [name: string, file: string, text: string][] = [
    ['a byte order mark in YAML', 'config.yaml', '\uFEFFdefault: work\nservers: { work: { url: {url} } }'],
    [
      'a byte order mark in JSON',
      'config.json',
      '\uFEFF{"default": "work", "servers": {"work": {"url": "{url}"}}}',
    ],
    ['CR LF in YAML', 'config.yml', 'default: work\r\nservers:\r\n  work:\r\n    url: {url}\r\n'],
    [
      'JSON indented with tabs',
      'config.json',
      '{\n\t"default": "work",\n\t"servers": {"work": {"url": "{url}"}}}',
    ],
    ['JSON in a YAML file', 'config.yaml', '{"default": "work", "servers": {"work": {"url": "{url}"}}}'],
    [
      'empty mappings',
      'config.yaml',
      'default: work\nrecipes:\nvariables:\nservers: { work: { url: {url} } }',
    ],
    [
      'an anchor that is used for one text',
      'config.yaml',
      'default: &a work\nservers: { work: { url: {url}, ref: *a } }',
    ],
    [
      'a server with the name of a method',
      'config.yaml',
      'default: toString\nservers: { toString: { url: {url} } }',
    ],
    ['numbers as names', 'config.yaml', 'default: "1"\nservers: { 1: { url: {url} } }'],
  ]
  test.each(texts)('%s', async (_, file, text) => {
    home().config(text.replaceAll('{url}', gitlab().url), file)
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    const result = await run('--project 9 --ref master', home().world({ env }))
    expect(result).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test.each(['', '# nothing yet\n', '---\n', 'servers:\nrecipes:\n'])(
    'a file with nothing in it: %j',
    async (text) => {
      home().config(text)
      const env = {
        GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
        GITLAB_TRIGGER_SERVER: gitlab().url,
      }
      expect(await run('--project 9 --ref master', home().world({ env }))).toMatchObject({
        code: 0,
        stderr: '',
      })
    },
  )

  const values: [yaml: string, sent: string][] = [
    ['yes', 'yes'],
    ['no', 'no'],
    ['"1.10"', '1.10'],
    ["'null'", 'null'],
    ['""', ''],
    ['a,b=c:d', 'a,b=c:d'],
    ['"@x"', '@x'],
    ['|\n    two\n    lines\n', 'two\nlines\n'],
    ['"a\\r\\nb"', 'a\r\nb'],
    ['größe 🦊', 'größe 🦊'],
    ['$HOME', '$HOME'],
    ['${GITLAB_TRIGGER_TOKEN}', '${GITLAB_TRIGGER_TOKEN}'],
    ['"{\\"a\\": 1}"', '{"a": 1}'],
    ['!!str 1.20', '1.20'],
  ]
  test.each(values)('T92 variables: A: %j arrives as %j', async (yaml, sent) => {
    home().config(`variables:\n  A: ${yaml}\n${serverYaml(gitlab())}`)
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    expect(await run('--project 9 --ref master', home().world({ env }))).toMatchObject({ code: 0 })
    expect(lastFields(gitlab())['variables[A]']).toBe(sent)
  })

  test('T12 as many variables as GitLab takes are read before somebody loses patience', async () => {
    const lines = Array.from({ length: 4000 }, (_, n) => `  V${n}: x\n`)
    home().config(`variables:\n${lines.join('')}${serverYaml(gitlab(), 'token: c4n4ry')}`)
    const line = [
      '100',
      process.execPath,
      launcher,
      '--project',
      '9',
      '--ref',
      'master',
      '--dry-run',
      '--json',
    ]
    // Our own work is not interrupted by jest's timeout; timeout(1) ends a process with 124.
    const done = await spawnProgram('timeout', line, {
      env: { ...home().world().env, PATH: '/usr/bin:/bin' },
    })
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toContain('"variables[V3999]"')
  })

  test.each([
    ['9', '9'],
    ['"9"', '9'],
    ['seed/app', 'seed%2Fapp'],
  ])('project: %s is asked at %s', async (yaml, path) => {
    home().config(serverYaml(gitlab(), `project: ${yaml}`, 'ref: master', 'api: v4'))
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    expect(await run('', home().world({ env }))).toMatchObject({ code: 0 })
    expect(posts(gitlab()).map((post) => post.path)).toEqual([`/api/v4/projects/${path}/trigger/pipeline`])
  })
})
