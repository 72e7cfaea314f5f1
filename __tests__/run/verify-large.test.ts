import { apiEnvironment } from '../helpers/api.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

const gitlab = useGitlab()

test('a lost answer of a trigger with 1 MB that JSON writes longer is looked up', async () => {
  gitlab().failNext({ kind: 'answer', status: 502, method: 'POST', createThen: true })
  const line = ['--ref', 'master', '--var', `BIG=${'\u0001"\\'.repeat(333_333)}`]
  const { code, stdout, stderr } = await run(line, apiEnvironment(gitlab()))
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
  expect(posts(gitlab())).toHaveLength(1)
})
