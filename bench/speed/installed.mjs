// Measures an installation: packs and unpacks the package.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const hooks = ['preinstall', 'install', 'postinstall']

/** The size in MB, the number of files and packages, and the number of install scripts. */
export function installed() {
  const folder = mkdtempSync(join(tmpdir(), 'gitlab-trigger-bench-'))
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
    const line = ['pack', '--json', '--pack-destination', folder]
    const text = execFileSync('npm', line, options)
    const [{ unpackedSize, entryCount, filename }] = JSON.parse(text.slice(text.indexOf('[')))
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', folder], options)
    const { dependencies = {}, scripts = {} } = JSON.parse(
      readFileSync(join(folder, 'package', 'package.json'), 'utf8'),
    )
    return {
      megabytes: unpackedSize / 1e6,
      files: entryCount,
      packages: 1 + Object.keys(dependencies).length,
      installScripts: hooks.filter((name) => name in scripts).length,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
