import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { spawnShell, type Spawned } from '../helpers/spawn.ts'

const gitlab = useGitlab()
const home = useHome()

const bash = (script: string): Promise<Spawned> => {
  home().write('plan.yml', 'targets: { a: { ref: master }, b: { ref: develop } }\n')
  const env = { ...environment(gitlab()).env, HOME: home().home, PLAN: join(home().root, 'plan.yml') }
  return spawnShell(`exec bash -c '${script}'`, { env })
}

test('a plan that a command prints, as <(...)', async () => {
  const done = await bash('$CLIENT batch <(cat "$PLAN")')
  expect(done).toMatchObject({ code: 0, stdout: '4711\n4712\n' })
  const again = await bash('$CLIENT batch - --resume < "$PLAN"')
  expect({ code: again.code, posts: posts(gitlab()).length }).toEqual({ code: 0, posts: 2 })
})

test('a journal that takes no more: nothing is sent, and no bug is reported', async () => {
  const { code, stdout, stderr } = await bash('ulimit -f 8; $CLIENT batch "$PLAN"')
  expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({ code: 14, stdout: '-\n-\n', posts: 0 })
  expect(stderr).toContain('a: batch: the journal in ')
  expect(stderr).not.toMatch(/bug of|do not trigger them again/)
})
