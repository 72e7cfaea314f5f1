import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { usePlanner } from '../helpers/batch-screen.ts'
import { when } from '../helpers/clock.ts'
import { jsonAnswer } from '../helpers/api.ts'
import { environment } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

const { gitlab, home, batch } = usePlanner()

const path = (): string => join(home().root, 'links.json')
const labels = (): unknown => {
  const report = JSON.parse(readFileSync(path(), 'utf8')) as {
    Pipelines: { external_link: { label: string; url: string } }[]
  }
  return report.Pipelines.map(({ external_link: { label, url } }) => `${label} ${url}`)
}
const page = (id: number): string => `${gitlab().url}/seed/app/-/pipelines/${id}`

const plan = `
defaults: { wait: true }
targets:
  build: { ref: master }
  bad: { ref: failing }
  after-bad: { ref: master, needs: [bad], variables: { A: x } }
`

test('each pipeline has a link, first those of targets that have failed', async () => {
  writeFileSync(path(), 'of an earlier run')
  expect((await batch(plan, `--annotations ${path()}`)).code).toBe(3)
  expect(labels()).toEqual([`bad: failed ${page(4712)}`, `build: success ${page(4711)}`])
})

test('run A B: the same', async () => {
  const line = `--ref master --ref develop --annotations ${path()}`
  expect((await run(line, home().world(environment(gitlab())))).code).toBe(0)
  expect(labels()).toEqual([`master: created ${page(4711)}`, `develop: created ${page(4712)}`])
})

test('a URL of another origin is left out', async () => {
  const evil = { id: 4799, status: 'created', ref: 'master', web_url: 'https://evil.example/4799' }
  gitlab().failNext(jsonAnswer('POST', 'pipeline', 201, evil))
  const { code } = await batch('targets: { a: { ref: master } }', `--annotations ${path()}`)
  expect(code).toBe(0)
  expect(labels()).toEqual([])
})

test('what an earlier run has left is gone before anything is sent; --check leaves it', async () => {
  writeFileSync(path(), 'of an earlier run')
  const text = 'targets: { a: { ref: master } }'
  await batch(text, `--check --annotations ${path()}`)
  expect(existsSync(path())).toBe(true)
  let wasThere: boolean | undefined
  await batch(text, `--wait --annotations ${path()}`, {
    prepare: () => {
      const stop = when(
        () => gitlab().requests.length > 0,
        () => {
          stop()
          wasThere = existsSync(path())
        },
      )
    },
  })
  expect(wasThere).toBe(false)
})

test('links that GitLab would not take are counted: exit 11', async () => {
  const names = Array.from({ length: 230 }, (_, at) => `${'文'.repeat(96)}${at}`)
  const text = `targets:\n${names.map((name, at) => `  ${name}: { ref: master, variables: { N: "${at}" } }\n`).join('')}`
  const { code, stdout, stderr } = await batch(text, `--parallel 8 --annotations ${path()}`)
  const written = (labels() as string[]).length
  expect({ code, lines: stdout.split('\n').length - 1 }).toEqual({ code: 11, lines: 230 })
  expect(written).toBeLessThan(230)
  expect(stderr).toContain(`--annotations: ${230 - written} of 230 pipelines are not linked`)
})
