import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { call } from './helpers/bearer.ts'

/** Pictures are kept if SCREENSHOTS names a folder for them. */
const pictures = process.env['SCREENSHOTS']

let sandbox: Sandbox
let profile: string
let browser: BrowserContext
let page: Page
let problems: string[]
let moved = 0

beforeAll(async () => {
  profile = mkdtempSync(join(tmpdir(), 'chromium-'))
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  })
})
afterAll(async () => {
  await browser.close()
  rmSync(profile, { recursive: true, force: true })
})

beforeEach(async () => {
  moved = 0
  const start = Date.UTC(2026, 0, 2, 3, 4, 5)
  sandbox = await startSandbox({ now: () => start + moved, paceMs: 1000 })
  page = await browser.newPage()
  problems = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (origin !== sandbox.url && protocol !== 'data:') problems.push(`asked ${request.url()}`)
  })
})
afterEach(async () => {
  await page.close()
  await sandbox.close()
})

async function trigger(ref = 'master', variables: Record<string, string> = {}): Promise<void> {
  const named = Object.entries(variables).map(([name, value]): [string, string] => [
    `variables[${name}]`,
    value,
  ])
  const fields = { token: sandbox.tokens.trigger, ref, ...Object.fromEntries(named) }
  const { status } = await call(sandbox, 'POST', '/projects/9/trigger/pipeline', 'nobody', fields)
  expect(status).toBe(201)
}

const open = (path: string): Promise<unknown> => page.goto(`${sandbox.url}${path}`)

test('a pipeline lives on the open page, and what has the focus keeps it', async () => {
  await trigger('manual', { UPLOAD_TO_S3: 'true' })
  await open('/seed/app/-/pipelines/4711')
  await page.getByText('Reveal values').click()
  const link = page.locator('.graph a').first()
  await link.focus()
  moved = 20_000
  await page.locator('main [role=status]', { hasText: 'Blocked' }).waitFor()
  expect(await link.and(page.locator(':focus')).count()).toBe(1)
  expect(await page.locator('details.reveal').getAttribute('open')).toBe('')
  await page.getByRole('button', { name: 'Play upload_package' }).click()
  await page.waitForURL('**/jobs/9003')
  moved = 40_000
  await page.getByText('Job succeeded').waitFor()
  expect(await page.title()).toBe('upload_package (#9003) · seed/app · Sandbox')
  expect(problems).toEqual([])
})

test('a trigger token is revoked by keyboard', async () => {
  await open('/seed/app/-/settings/ci_cd')
  const row = page.locator('tr', { hasText: 'release' })
  await row.locator('summary').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await row.waitFor({ state: 'detached' })
  expect(await page.locator('tbody tr').count()).toBe(1)
  expect(problems).toEqual([])
})

test('a new pipeline comes into the open list', async () => {
  await trigger()
  await open('/seed/app/-/pipelines')
  const link = page.getByRole('link', { name: '#4711' })
  await link.focus()
  await trigger('develop')
  await page.getByRole('link', { name: '#4712' }).waitFor()
  expect(await link.and(page.locator(':focus')).count()).toBe(1)
  expect(problems).toEqual([])
})

const attack = `"'><img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`

test('an attack in each field shows as text', async () => {
  sandbox.addRef(attack)
  const log = `section_start:1:a[collapsed=true]\r\u001b[0K${attack}\n\u001b[31m${attack}\n`
  const jobs = [{ name: attack, stage: attack, tags: [attack], log: { text: log } }]
  sandbox.script(attack, { by: 'clock', jobs })
  sandbox.addToken({ description: attack, owner: attack })
  await trigger(attack, { X: attack })
  await call(sandbox, 'PUT', '/projects/9/pipelines/4711/metadata', 'api', { name: attack })
  await call(sandbox, 'POST', '/projects/9/pipeline_schedules', 'api', {
    description: attack,
    ref: attack,
    cron: '0 3 * * *',
  })
  moved = 60_000
  for (const path of [
    '',
    '/-/pipelines',
    '/-/pipelines/4711',
    '/-/jobs/9001',
    '/-/settings/ci_cd',
    '/-/pipeline_schedules',
  ]) {
    await open(`/seed/app${path}`)
    expect(await page.locator('main').textContent()).toContain(attack)
    expect(await page.locator('img, main script').count()).toBe(0)
    expect(await page.title()).toMatch(/ · Sandbox$/)
  }
  await open('/seed/app/-/jobs/9001/raw')
  expect(await page.locator('script, img').count()).toBe(0)
  expect(problems).toEqual([])
})

/** Buttons too small for a finger, and what leaves the window without being in something that scrolls. */
const flaws = `(() => {
  const boxes = (query) => [...document.querySelectorAll(query)].map((element) => [element, element.getBoundingClientRect()])
  const small = boxes('button').filter(([, { width, height }]) => width > 0 && (width < 24 || height < 24))
  const outside = boxes('body *').filter(
    ([element, { left, right, width }]) => width > 1 && (left < -1 || right > innerWidth + 1) && !element.closest('.skip, .graph, pre, thead'),
  )
  const show = (kind) => ([element]) => kind + ': ' + element.outerHTML.slice(0, 80)
  const wide = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : []
  return [...wide, ...small.map(show('small')), ...outside.map(show('outside'))]
})()`

test('every page fits a width of 360 pixels and the dark scheme', async () => {
  await trigger('master', { UPLOAD_TO_S3: 'true', WHY: 'nightly' })
  await trigger('failing')
  await trigger('downstream')
  await trigger('manual')
  await call(sandbox, 'POST', '/projects/9/pipeline_schedules', 'api', {
    description: 'every night',
    ref: 'master',
    cron: '0 3 * * *',
  })
  moved = 20_000
  const paths = [
    '/',
    '/seed/app',
    '/seed/app/-/pipelines',
    '/seed/app/-/pipelines/4711',
    '/seed/app/-/pipelines/4713',
    '/seed/app/-/pipelines/4714',
    '/seed/app/-/jobs/9001',
    '/seed/app/-/jobs/9005',
    '/seed/app/-/settings/ci_cd',
    '/seed/app/-/pipeline_schedules',
    '/seed/app/-/nothing',
  ]
  for (const width of [360, 1200]) {
    await page.setViewportSize({ width, height: 800 })
    for (const path of paths) {
      await page.emulateMedia({ colorScheme: width === 360 ? 'dark' : 'light' })
      await open(path)
      expect([path, width, await page.evaluate(flaws)]).toEqual([path, width, []])
      const name = `${path.replaceAll('/', '_')}-${width}.png`
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, name), fullPage: true })
    }
  }
})

test('without script the page reloads itself', async () => {
  const session = await browser.newCDPSession(page)
  await session.send('Emulation.setScriptExecutionDisabled', { value: true })
  await open('/seed/app/-/pipelines')
  await page.getByText('There is no pipeline yet').waitFor()
  await trigger()
  await page.getByRole('link', { name: '#4711' }).waitFor()
  expect(problems).toEqual([])
})
