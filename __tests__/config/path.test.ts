import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useHome } from '../helpers/home.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'

const home = useHome()

const ref = (name: string): string => `ref: from-${name}\n`

function typed(line: string, env: Record<string, string> = {}): Promise<Result> {
  return run(line, home().world({ env }))
}

describe('config path', () => {
  test('lists every place in order and what became of it', async () => {
    const user = home().config(ref('user'))
    const system = join(home().root, 'system', 'gitlab-trigger', 'config.yaml')
    const rc = home().write('work/checkout/.gitlab-triggerrc', ref('rc'))
    expect((await typed('config path')).stdout.split('\n')).toEqual([
      `${rc}  (project: not trusted)`,
      `${user}  (user: used)`,
      '/etc/gitlab-trigger/config.yaml  (system: absent)',
      `${system}  (system: absent)`,
      '',
    ])
    await typed('config trust')
    expect((await typed('config path')).stdout).toContain(`${rc}  (project: used)\n`)
  })

  test('the home on record is not asked for where HOME names one: it may be on a server', async () => {
    const world = newWorld(home().world())
    const asked: string[] = []
    const ask = (): undefined => void asked.push('home')
    const typedWith = (env: Record<string, string>): Promise<Result> =>
      runIn({ ...world, context: { ...world.context, env, home: ask } }, 'config path')
    await typedWith({ HOME: home().root })
    expect(asked).toEqual([])
    await typedWith({ HOME: 'relative' })
    expect(asked).not.toEqual([])
  })

  test('--json', async () => {
    const user = home().config(ref('user'))
    const { code, stdout, stderr } = await typed('config path --json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { files } = JSON.parse(stdout) as { files: unknown[] }
    expect(files[0]).toEqual({ kind: 'user', path: user, state: 'used' })
    expect(files).toHaveLength(3)
  })

  test('--config: that file and no other', async () => {
    const path = home().write('work/checkout/named.yaml', ref('named'))
    expect(await typed('config path --config named.yaml')).toMatchObject({
      code: 0,
      stdout: `${path}  (named: used)\n`,
    })
  })

  test('also lists the others where one is refused', async () => {
    const user = home().config(ref('user'), 'config.yaml', 0o666)
    const system = home().system(ref('system'))
    const { stdout } = await typed('config path')
    expect(stdout).toContain(user)
    expect(stdout).toContain(`${system}  (system: used)`)
  })

  test('a path that would control the terminal is shown harmlessly', async () => {
    const folder = join(home().root, 'a\x1b[31mb')
    mkdirSync(join(folder, 'gitlab-trigger'), { recursive: true })
    writeFileSync(join(folder, 'gitlab-trigger', 'config.yaml'), ref('x'), { mode: 0o600 })
    for (const line of ['config path', 'config path --json', 'config show', 'config show --json']) {
      const { code, stdout } = await typed(line, { XDG_CONFIG_HOME: folder })
      expect(code).toBe(0)
      expect(stdout).not.toContain('\x1b')
    }
  })
})
