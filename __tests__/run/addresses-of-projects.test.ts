import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { withChanges } from '../helpers/environment.ts'
import { environment } from '../helpers/gitlab.ts'

const gitlab = useGitlab()
const home = useHome()

/** `{}` stands for the base URL of the server, `HOST` for its host without the port. */
const filled = (text: string): string =>
  text.replaceAll('{}', gitlab().url).replaceAll('HOST', new URL(gitlab().url).hostname)

/** By every way in which a project can be given. */
const ways: [name: string, trigger: (project: string) => Promise<Result>, refused: number][] = [
  ['--project', (project) => run(['--ref', 'master', '--project', project], environment(gitlab())), 2],
  [
    'GITLAB_TRIGGER_PROJECT',
    (project) => run('--ref master', environment(gitlab(), { GITLAB_TRIGGER_PROJECT: project })),
    2,
  ],
  [
    'the config',
    (project) => {
      home().config(serverYaml(gitlab(), `project: ${JSON.stringify(project)}`))
      const env = withChanges(environment(gitlab()).env, {
        GITLAB_TRIGGER_PROJECT: undefined,
        GITLAB_TRIGGER_SERVER: undefined,
      })
      return run('--ref master', home().world({ env }))
    },
    14,
  ],
]

const understood: [project: string, path: string][] = [
  ['9', '9'],
  ['seed/app', 'seed%2Fapp'],
  ['seed/app.git', 'seed%2Fapp'],
  ['seed/app/-/pipelines/5', 'seed%2Fapp'],
  ['seed/app/-/tree/main/src', 'seed%2Fapp'],
  ['-/p/9', '9'],
  ['/-/p/9', '9'],
  ['projects/9', '9'],
  ['api/v4/projects/9/trigger/pipeline', '9'],
  ['git@HOST:seed/app.git', 'seed%2Fapp'],
  ['ssh://git@HOST/seed/app.git', 'seed%2Fapp'],
  ['ssh://git@HOST:2222/seed/app', 'seed%2Fapp'],
  ['git+ssh://git@HOST/seed/app.git', 'seed%2Fapp'],
  ['{}/seed/app', 'seed%2Fapp'],
  ['{}/seed/app/', 'seed%2Fapp'],
  ['{}/seed/app.git', 'seed%2Fapp'],
  ['{}/seed%2Fapp', 'seed%2Fapp'],
  ['{}/seed/app/-/pipelines/5', 'seed%2Fapp'],
  ['{}/seed/app/pipelines/5', 'seed%2Fapp'],
  ['{}/projects/9', '9'],
  ['{}/-/p/9', '9'],
  ['{}/api/v4/projects/9', '9'],
  ['{}/api/v4/projects/9/trigger/pipeline', '9'],
  ['{}/api/v4/projects/seed%2Fapp/trigger/pipeline', 'seed%2Fapp'],
  ['{}/api/v3/projects/9/trigger/builds', '9'],
]

const refused: [project: string, says: string][] = [
  ['https://other.example.com/seed/app', 'https://other.example.com'],
  ['git@other.example.com:seed/app.git', 'ssh://other.example.com'],
  ['ssh://git@other.example.com/seed/app.git', 'ssh://other.example.com'],
  ['{}/api/v4/projects/9/ref/main/trigger/pipeline', '--project 9 --ref main'],
  ['{}/api/v4/projects/9/trigger/pipeline?ref=main', '--project 9 --ref main'],
  ['{}/api/v4/projects/9/ref/REF_NAME/trigger/pipeline?token=c4n4ry', 'a token does not belong'],
  ['{}/api/v4/projects/9/trigger/pipeline?private_token=c4n4ry', 'a token does not belong'],
  ['https://gitlab-ci-token:c4n4ry@HOST/seed/app.git', 'password'],
  ['{}/api/v4/projects/seed/app', 'not a group'],
  ['{}/groups/seed', 'not a group'],
  ['{}/seed', 'not a project id or a full path such as group/name'],
  ['0', 'no project has the number 0'],
  ['seed/äpp', 'cannot hold ä'],
  ['$CI_PROJECT_ID', 'cannot hold $'],
  ['~/seed/app', 'cannot hold ~'],
]

describe.each(ways)('%s', (_, trigger, code) => {
  test.each(understood)('%s is understood', async (project, path) => {
    await trigger(filled(project))
    expect(posts(gitlab()).map(({ path: sent }) => sent)).toEqual([
      `/api/v4/projects/${path}/trigger/pipeline`,
    ])
  })

  test.each(refused)('%s is refused (T25)', async (project, says) => {
    const result = await trigger(filled(project))
    // An address of an unknown server is refused as configuration.
    expect([code, 14]).toContain(result.code)
    expect(result.stderr).toContain(says)
    expect(result.stderr).not.toContain('c4n4ry')
    if (project.includes('other.')) expect(result.stderr).toContain(gitlab().url)
    expect(gitlab().requests).toEqual([])
  })
})

test('an address chooses the server of the config that it is of', async () => {
  home().config(serverYaml(gitlab(), `token: ${gitlab().tokens.trigger}`).replace('default: work\n', ''))
  const { code } = await run(
    ['--ref', 'master', '--project', filled('git@HOST:seed/app.git')],
    home().world(),
  )
  expect(code).toBe(0)
})

// prettier-ignore
test.each<[address: string, line: string[], ref: string, code: number]>([
  ['{}/seed/app/-/tree/master/src?ref_type=heads', [], 'develop', 2],
  ['{}/seed/app/-/blob/master/README.md', [], 'develop', 2],
  ['seed/app/-/commits/develop2', [], 'develop', 2],
  ['{}/seed/app/-/tree/master', ['--project', 'seed/docs'], 'develop', 2],
  ['{}/seed/app/-/tree/develop/src', [], 'develop', 0],
  ['{}/seed/app/-/tree/feature/x', [], 'refs/heads/feature/x', 0],
  ['{}/seed/app/-/tree/gr%C3%B6%C3%9Fe', [], 'größe', 0],
  ['{}/seed/app/-/tree/master', ['--ref', 'develop'], 'develop', 0],
  ['{}/seed/app/-/pipelines/5', [], 'develop', 0],
])('%s %j where the config says %s: exit %s', async (address, line, ref, code) => {
  home().config(serverYaml(gitlab(), `token: ${gitlab().tokens.trigger}`, `ref: ${ref}`))
  const result = await run(['--project', filled(address), ...line], home().world())
  expect(result).toMatchObject({ code })
  if (code === 0) { expect(lastFields(gitlab())).toMatchObject({ ref }); return; }
  expect(result.stderr).toContain('--project: the address shows "')
  expect(result.stderr).toMatch(/and the ref is "develop" \(\S+config\.yaml:\d+\)\nNo pipeline was created\.\nChoose one with --ref NAME\.\n/)
  expect(posts(gitlab())).toEqual([])
})
