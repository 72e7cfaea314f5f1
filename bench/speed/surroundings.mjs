// Prepares a folder with the programs' files, a minimal environment, and the server.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const token = `glptt-${'0123456789'.repeat(4)}`

function writeFiles(folder, url) {
  const write = (name, text) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  write('empty.cjs', '')
  write(
    'config-home/.config/gitlab-trigger/config.yaml',
    `default: work\nservers:\n  work:\n    url: ${url}\n    tokenFile: work.token\n`,
  )
  write('config-home/.config/gitlab-trigger/work.token', token)
  mkdirSync(join(folder, 'home'))
  mkdirSync(join(folder, 'cached-home/.cache'), { recursive: true, mode: 0o700 })
  for (const count of [1, 100, 4000]) {
    const lines = Array.from({ length: count }, (_, at) => `VARIABLE_${at}=a value of twenty by\n`)
    write(`${count}.env`, lines.join(''))
  }
  write('large.txt', 'x'.repeat(10_000_000))
}

function makeCertificate(folder) {
  const [certificate, key] = [join(folder, 'server.pem'), join(folder, 'server.key')]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const line = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ]
  execFileSync('openssl', line, { stdio: 'ignore' })
  return { certificate, key }
}

/** Creates all of these; `close` removes them. */
export async function makeSurroundings() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const { certificate, key } = makeCertificate(folder)
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL('server.mjs', import.meta.url)), certificate, key],
    {
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = await new Promise((resolve) => {
    createInterface({ input: server.stdout }).once('line', (...all) => resolve(all))
  })
  const ports = JSON.parse(line)
  const url = `http://127.0.0.1:${ports.http}`
  writeFiles(folder, url)
  return {
    file: (name) => join(folder, name),
    url,
    tlsUrl: `https://127.0.0.1:${ports.https}`,
    certificate,
    env: (home = 'home', more = {}) => ({
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: join(folder, home),
      LANG: 'C.UTF-8',
      ...more,
    }),
    close() {
      server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
