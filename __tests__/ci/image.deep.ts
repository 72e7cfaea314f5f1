import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { version } from '../../src/core/version.ts'

const text = readFileSync('Dockerfile', 'utf8')

/** What `COPY . .` brings, by way of .dockerignore, with what `npm ci` installs. */
function copyCheckout(to: string): void {
  const left = new Set(readFileSync('.dockerignore', 'utf8').split('\n'))
  mkdirSync(to)
  for (const name of readdirSync('.').filter((each) => !left.has(each)))
    cpSync(name, join(to, name), { recursive: true })
  const [from, place] = ['node_modules', join(to, 'node_modules')]
  execFileSync('/bin/sh', ['-c', `cp -al "$0" "$1" 2>/dev/null || cp -a "$0" "$1"`, from, place])
}

test('the image has the packed program and nothing else: what its build runs works here too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gitlab-trigger-image-'))
  try {
    const copied = join(folder, 'src')
    copyCheckout(copied)
    const [, commands = ''] = /RUN (npm pack[^]*?)\n\n/.exec(text) ?? []
    const here = commands
      .replaceAll('\\\n', ' ')
      .replaceAll('/tmp', folder)
      .replaceAll('/app', `${folder}/app`)
    // No script of git or npm of this checkout, no registry: there is nothing to be fetched.
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, npm_config_offline: 'true' }
    execFileSync('/bin/sh', ['-ec', here], { cwd: copied, env, stdio: 'pipe' })
    const app = join(folder, 'app')
    expect(readdirSync(join(app, 'bin'))).toEqual(['gitlab-trigger'])
    expect(readdirSync(join(app, 'lib/node_modules'))).toEqual(['gitlab-trigger'])
    expect(readdirSync(join(app, 'lib/node_modules/gitlab-trigger')).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'package.json',
    ])
    // COPY --from=build /app /usr/local: its link must not name the place where it was made.
    renameSync(app, join(folder, 'local'))
    const program = join(folder, 'local/bin/gitlab-trigger')
    // That of the image, and one as OpenShift gives them: without an account, a home or anything that it may write to.
    for (const user of ['65532', '1000710000']) {
      const as = ['--user', `--map-user=${user}`, `--map-group=${user === '65532' ? user : '0'}`]
      const bare = [...as, 'env', '-i', `PATH=${join(folder, 'local/bin')}:${dirname(process.execPath)}`]
      const line = [...bare, program, 'sandbox', '--', 'gitlab-trigger', '--var', 'A=1']
      expect(execFileSync('unshare', [...bare, program, '--version'], { encoding: 'utf8' })).toBe(
        `${version}\n`,
      )
      expect(execFileSync('unshare', line, { cwd: '/', encoding: 'utf8', stdio: 'pipe' })).toBe('4711\n')
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
