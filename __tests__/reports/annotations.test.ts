import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { jsonAnswer } from '../helpers/api.ts'
import { when } from '../helpers/clock.ts'
import { made, statesIn } from '../helpers/pipeline-sentences.ts'
import { useReports } from '../helpers/reports.ts'
import { annotationsOf } from '../../src/reports/annotations.ts'

const { gitlab, at, type, waitWith } = useReports()

interface Link {
  external_link: { label: string; url: string }
}
/** The links in a report, with nothing that GitLab does not allow. */
function linksIn(text: string): string[] {
  const report = JSON.parse(text) as Record<string, Link[]>
  expect(Object.keys(report)).toEqual(['Pipelines'])
  return (report['Pipelines'] ?? []).map((link) => {
    const { label, url } = link.external_link
    expect(link).toEqual({ external_link: { label, url } })
    return `${label} ${url}`
  })
}
const read = (name = 'links.json'): string => readFileSync(at(name), 'utf8')
const page = (id: number): string => `${gitlab().url}/seed/app/-/pipelines/${id}`

test('run without --wait writes the link at once', async () => {
  const { code, stdout } = await type('--ref master --annotations links.json')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
  expect(linksIn(read())).toEqual([`9 on master: created ${page(4711)}`])
})

test('run --wait writes it at once, and its status at the end', async () => {
  writeFileSync(at('links.json'), 'of an earlier run')
  let during = ''
  const { code } = await type('--ref failing --wait --annotations links.json', {
    prepare: ({ context }) => {
      const sleep = context.sleep.bind(context)
      context.sleep = async (...args) => {
        during ||= read()
        await sleep(...args)
      }
    },
  })
  expect(code).toBe(3)
  expect(linksIn(during)).toEqual([`9 on failing: created ${page(4711)}`])
  expect(linksIn(read())).toEqual([`9 on failing: failed ${page(4711)}`])
})

test('wait: one file tells of several pipelines', async () => {
  const ids = ['master', 'failing', 'develop'].map((ref) => gitlab().addPipeline({ ref }).id)
  const { code } = await type(`wait ${ids.join(' ')} --annotations links.json`)
  expect(code).toBe(0)
  expect(linksIn(read()).sort()).toEqual([
    `9 on develop: success ${page(4713)}`,
    `9 on failing: success ${page(4712)}`,
    `9 on master: success ${page(4711)}`,
  ])
})

test('a folder that has gone: exit 11, and the pipeline is named', async () => {
  mkdirSync(at('gone'))
  const { code, stdout, stderr } = await type('--ref master --annotations gone/x', {
    prepare: ({ context: { stdout } }) => {
      const write = stdout.write.bind(stdout)
      stdout.write = async (text) => {
        await write(text)
        rmdirSync(at('gone'))
      }
    },
  })
  expect({ code, stdout, states: statesIn(stderr) }).toEqual({
    code: 11,
    stdout: '4711\n',
    states: [made(4711)],
  })
  expect(stderr).toContain('--annotations: there is no such folder\n')
})

test('at the end, too, where the pipeline has succeeded', async () => {
  mkdirSync(at('gone'))
  const { code, stderr } = await waitWith('--annotations gone/x', {
    prepare: () => {
      // Checked before the first request, gone before the last answer.
      const stop = when(
        () => gitlab().requests.length > 0,
        () => {
          stop()
          rmdirSync(at('gone'))
        },
      )
    },
  })
  expect(code).toBe(11)
  expect(stderr).toContain('--annotations: there is no such folder')
})

test('a URL of another origin is left out', async () => {
  const evil = { id: 4799, status: 'created', ref: 'master', web_url: 'https://evil.example/4799' }
  gitlab().failNext(jsonAnswer('POST', 'pipeline', 201, evil))
  const { code } = await type('--ref master --annotations links.json')
  expect(code).toBe(0)
  expect(linksIn(read())).toEqual([])
})

const server = 'https://gitlab.example.com'
// prettier-ignore
const names: [name: string, label: string][] = [
  ['a\nb', 'a b: failed'],
  ['\u202eevil\u0000\u2028x', ' evil x: failed'],
  ['</script><script>alert(1)</script>', '</script><script>alert(1)</script>: failed'],
  ['"}]}', '"}]}: failed'],
  ['🚀 文書', '🚀 文書: failed'],
  ['\ud800', '\ufffd: failed'],
  ['x'.repeat(5000), `${'x'.repeat(200)}: failed`],
]
test.each(names)('%j is one line of text', (name, label) => {
  const webUrl = `${server}/-/pipelines/1`
  expect(linksIn(annotationsOf([{ name, status: 'failed', webUrl, server }]).text)).toEqual([
    `${label} ${webUrl}`,
  ])
})

test('of more links than GitLab takes the first are written, and how many are missing is said', () => {
  const many = (count: number, name: string) =>
    Array.from({ length: count }, (_, at) => ({
      name: `${name}${at}`,
      status: 'success',
      webUrl: `${server}/${at}`,
      server,
    }))
  const { text, leftOut } = annotationsOf(many(1500, ''))
  const short = linksIn(text)
  expect(leftOut).toContain(`${1500 - short.length} of 1500 pipelines are not linked`)
  expect(short.length).toBeLessThanOrEqual(1000)
  expect(short.length).toBeGreaterThan(800)
  const long = annotationsOf(many(900, '文'.repeat(150))).text
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(80 * 1024)
  expect(Buffer.byteLength(long)).toBeGreaterThan(79 * 1024)
  expect(linksIn(long)[0]).toContain('文0: success')
  expect(annotationsOf(many(500, '')).leftOut).toBeUndefined()
})

test('a dry run makes nothing', async () => {
  await type('--ref master --dry-run --annotations links.json')
  expect(existsSync(at('links.json'))).toBe(false)
})
