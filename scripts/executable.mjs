// Makes the single executable of this platform, build/packages/gitlab-trigger-VERSION-PLATFORM-ARCH, of what `npm run build` has left:
// `node scripts/executable.mjs [--node PATH]`. It holds a Node (by default that of versions[24], from npm), the files of bin/ and dist/, and the code
// that this Node has compiled of them (docs/packaging.md).
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { brotliDecompressSync } from 'node:zlib'
import { platforms } from './executable/platforms.mjs'
import { binaryOf, fromPackage, versions } from './node-binaries.mjs'

const { values } = parseArgs({ options: { node: { type: 'string' } } })
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const platform = platforms[process.platform]
const node = values.node ?? binaryOf(versions[24])
const work = resolve('build/executable')
const files = join(work, 'files')
const packages = resolve('build/packages')
const executable = join(
  packages,
  `gitlab-trigger-${version}-${process.platform}-${process.arch}${platform.ending}`,
)

/** Copies what the program may load, unpacked. */
function collect() {
  rmSync(work, { recursive: true, force: true })
  for (const name of ['bin/start.js', 'bin/stack.js', 'dist/schemas'])
    cpSync(name, join(files, name), { recursive: true })
  for (const name of readdirSync('dist').filter((each) => /\.cjs(\.map)?(\.br)?$/.test(each))) {
    const isPacked = name.endsWith('.cjs.br')
    mkdirSync(join(files, 'dist'), { recursive: true })
    if (isPacked)
      writeFileSync(
        join(files, 'dist', name.replace(/\.br$/, '')),
        brotliDecompressSync(readFileSync(join('dist', name))),
      )
    else copyFileSync(join('dist', name), join(files, 'dist', name))
  }
}

/** Runs the program so that V8 compiles what its users use, the usual trigger first. */
function record() {
  const program = [node, 'scripts/executable/record.cjs']
  const inSandbox = ['bin/gitlab-trigger.js', 'sandbox', '--pace', '50ms', '--']
  const env = { PATH: process.env.PATH, CODE: files }
  for (const line of ['--var A=1', '--wait --verify', 'projects --mine', 'run --help'])
    execFileSync(process.execPath, [...inSandbox, ...program, ...line.split(' ')], { env, stdio: 'ignore' })
}

/** All files of a folder, by their paths in it. */
const assetsOf = (folder) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), path]),
  )

/** Puts loader and assets into a copy of Node, as Node's documentation says of single executable applications. */
function inject() {
  const [config, blob] = [join(work, 'sea.json'), join(work, 'blob')]
  const main = resolve('scripts/executable/loader.cjs')
  const settings = { main, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true }
  writeFileSync(config, JSON.stringify({ ...settings, assets: assetsOf(files) }))
  execFileSync(node, ['--experimental-sea-config', config], { stdio: 'ignore' })
  mkdirSync(dirname(executable), { recursive: true })
  copyFileSync(node, executable)
  for (const [program, ...line] of platform.before(executable)) execFileSync(program, line)
  const postject = fromPackage('postject', '1.0.0-alpha.6', 'dist/cli.js')
  const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2']
  const line = [postject, executable, 'NODE_SEA_BLOB', blob, ...fuse, ...platform.flags]
  execFileSync(process.execPath, line, { stdio: 'ignore' })
  for (const [program, ...after] of platform.after(executable)) execFileSync(program, after)
}

if (!existsSync('dist/main.cjs')) throw new Error('run `npm run build` first')
if (!platform)
  throw new Error(`there is no scheme for ${process.platform} in scripts/executable/platforms.mjs`)
collect()
record()
inject()
console.log(executable)
