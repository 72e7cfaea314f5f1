import { startSandbox } from '../../src/sandbox/server.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { run, type Line, type Result } from '../helpers/run.ts'
import { start } from '../helpers/world.ts'

// The address of a project, copied from the browser, in the place of the server's: a GitLab can live below a path, so only what has /-/ is surely none.

const gitlab = useGitlab()
const home = useHome()

const typed = (line: Line, env: Record<string, string> = {}): Promise<Result> =>
  run(
    line,
    home().world({
      stdin: gitlab().tokens.trigger,
      env: {
        GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
        GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
        ...env,
      },
    }),
  )

const host = 'https://gitlab.example.com'
const isPage = (where: string): string => `${where}: the address is that of a page, not of a server\n`
const meant = (project: string): string =>
  `If that is a page of a project: --server ${host} --project ${project}\n`

describe('a page is refused before anything is sent', () => {
  // prettier-ignore
  test.each<[line: string, where: string, says: string]>([
    [`-s ${host}/group/app/-/pipelines/4711 -p 9 -r master`, '--server', meant('group/app')],
    [`-s ${host}/group/sub/app/-/tree/main -r master`, '--server', meant('group/sub/app')],
    [`-s ${host}/group/app/-/pipelines?scope=all -r master`, '--server', meant('group/app')],
    [`-s ${host}/group/app/-/blob/main/README.md#L1 -r master`, '--server', meant('group/app')],
    [`-s ${host}/group/app/- -r master`, '--server', meant('group/app')],
    [`-s ${host}/group/x8Kq2LmN9pRt4VwY6zAb/-/jobs -r master`, '--server', meant('GROUP/NAME')],
    [`-s ${host}/-/profile -p 9 -r master`, '--server', `Leave out the path: --server ${host}\n`],
    [`status 4711 -p 9 -s ${host}/group/app/-/pipelines`, '--server', meant('group/app')],
    [`doctor -s ${host}/group/app/-/pipelines`, '', meant('group/app').trimEnd()],
    [`config set servers.work.url ${host}/group/app/-/x`, 'config set: servers.work.url', meant('group/app')],
    [`login --url ${host}/group/app/-/x -p 9 --token-stdin`, '--url', meant('group/app')],
  ])('%s', async (line, where, says) => {
    const { code, stdout, stderr } = await typed(line)
    expect(code).toBe(2)
    const said = `${stdout}${stderr}`
    expect(said).toContain(where === '' ? 'not of a server' : isPage(where))
    expect(said).toContain(says)
    expect(said).not.toContain('x8Kq2')
  })

  test('by the environment', async () => {
    const env = { GITLAB_TRIGGER_SERVER: `${host}/group/app/-/pipelines` }
    const { code, stderr } = await typed('-r master', env)
    expect(code).toBe(2)
    expect(stderr).toContain(isPage('environment variable GITLAB_TRIGGER_SERVER'))
  })
})

describe('a path that may be that of a GitLab is asked, and then doubted', () => {
  test.each(['-p 9 -r master', 'status 4711 -p 9', 'refs -p 9', 'projects app', 'doctor -p 9'])(
    '%s',
    async (line) => {
      const { code, stdout, stderr } = await typed(`${line} -s ${gitlab().url}/seed/app`)
      expect(code).toBe(4)
      expect(`${stdout}${stderr}`).toContain(
        `If that is a page of a project: --server ${gitlab().url} --project seed/app\n`,
      )
    },
  )

  test.each(['-r master', 'status 4711', 'refs', ''])(
    '%s, below the path of a server of the config',
    async (line) => {
      home().config(`servers: { root: { url: ${host} }, below: { url: ${host}/gitlab } }\n`)
      const { code, stderr } = await typed(`${line} -s ${host}/gitlab/seed/app`)
      expect(code).toBe(2)
      expect(stderr).toContain(`: --server ${host}/gitlab --project seed/app\n`)
    },
  )

  test.each(['-r master', 'status 4711', 'refs'])('%s, where no project is given', async (line) => {
    const { code, stderr } = await typed(`${line} -s ${gitlab().url}/seed/app`)
    expect(code).toBe(2)
    expect(stderr).toContain(`: --server ${gitlab().url} --project seed/app\n`)
    expect(gitlab().requests).toEqual([])
  })

  test.each(['-p 9 -r master', 'status 4711 -p 9'])('%s, where it wants a sign-in', async (line) => {
    const server = await rawServer((socket, _, isWhole) => {
      if (isWhole) socket.end('HTTP/1.1 302 Found\r\nLocation: /users/sign_in\r\nContent-Length: 0\r\n\r\n')
    })
    try {
      const { stderr } = await typed(`${line} -s ${server.url}/seed/app`)
      expect(stderr).toContain(`: --server ${server.url} --project seed/app\n`)
    } finally {
      await server.close()
    }
  })

  test('not for a path of one segment, which no project has', async () => {
    const { stderr } = await typed(`-p 9 -r master -s ${gitlab().url}/gitlab`)
    expect(stderr).toContain('There seems to be no GitLab API at')
    expect(stderr).not.toContain('page of a project')
  })

  test('a GitLab below two segments works', async () => {
    const below = await startSandbox({ now: () => start, paceMs: 0, prefix: '/tools/gitlab' })
    try {
      const env = { GITLAB_TRIGGER_TOKEN: below.tokens.trigger }
      expect(await typed(`-p 9 -r master -s ${below.url}`, env)).toMatchObject({ code: 0, stdout: '4711\n' })
    } finally {
      await below.close()
    }
  })
})
