import { endless, pollsOf, spawnFollower, until } from '../helpers/follow-process.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'

// What only a process of its own shows: what a second signal does.

const gitlab = useGitlab({ now: Date.now, paceMs: 1000 })

describe('signals', () => {
  test('a first one leaves the pipeline alone, and tells how to go on (T107)', async () => {
    gitlab().script('master', endless)
    const { pid, ended } = spawnFollower(gitlab(), 'run', '--wait')
    await until(() => pollsOf(gitlab()) > 3)
    process.kill(pid(), 'SIGINT')
    const { code, stdout, stderr } = await ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '4711\n' })
    expect(stderr).toContain('To resume waiting: gitlab-trigger wait')
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a second one leaves at once, while GitLab is silent about the cancel', async () => {
    gitlab().script('master', endless)
    gitlab().failNext({ kind: 'stall', method: 'POST', path: '/cancel' })
    const { pid, ended } = spawnFollower(gitlab(), 'run', '--wait', '--cancel-on-interrupt')
    await until(() => pollsOf(gitlab()) > 3)
    process.kill(pid(), 'SIGINT')
    await until(() => gitlab().requests.some(({ path }) => path.endsWith('/cancel')))
    process.kill(pid(), 'SIGINT')
    const { code, signal, stdout } = await ended
    expect({ code: code ?? signal, stdout }).toEqual({ code: 130, stdout: '4711\n' })
  })
})
