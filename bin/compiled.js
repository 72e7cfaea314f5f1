// Keeps V8's compiled code of the files of dist/ from a run that went well for the next one, which saves a third of a start
// (docs/decisions/0114-a-code-cache-of-our-own.md). A user who can write to it decides which code runs, so its folder must belong to this
// user alone and must not come with a checkout (docs/guarantees.md#G1). If that is not certain, nothing is kept.
const {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} = require('node:fs')
const { basename, dirname, isAbsolute, join, relative } = require('node:path')
const { Script } = require('node:vm')

const isIn = (path, folder) => !/^\.\.(\/|$)/.test(relative(folder, path))

const withParents = (path) => (path === dirname(path) ? [path] : [path, ...withParents(dirname(path))])

/** Whether only this user and root can replace a folder or one of its parents. */
function isSafe(folder, uid) {
  return withParents(folder).every((each) => {
    const { uid: owner, mode } = statSync(each)
    const isSticky = (mode & 0o1000) !== 0
    return (owner === uid || owner === 0) && ((mode & 0o022) === 0 || isSticky)
  })
}

/** File systems of this machine, on which calls end. On one of a network the start could hang. */
const ofThisMachine = new Set('ext2 ext3 ext4 xfs btrfs zfs f2fs overlay tmpfs'.split(' '))

/** Whether paths lie on file systems of this machine, by the text of /proc/self/mountinfo. */
function areHere(paths, mountinfo) {
  const mounts = mountinfo.split('\n').map((line) => {
    const [before = '', after = ''] = line.split(' - ')
    return { place: before.split(' ')[4] ?? '', type: after.split(' ')[0] }
  })
  return paths.every((path) => {
    const above = mounts.filter(({ place }) => place !== '' && isIn(path, place))
    // Of those mounted at the same place the last counts.
    const found = above.reduce((a, b) => (b.place.length >= a.place.length ? b : a), { place: '' })
    return ofThisMachine.has(found.type)
  })
}

/** What the system says of its mounts; undefined where it does not, as on macOS. */
function mountinfo() {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return undefined
  }
}

/** The user's cache folder, with symbolic links resolved. Undefined if there is none that can be trusted. */
function cacheFolder({ HOME = '', XDG_CACHE_HOME = '' }, uid, cwd) {
  const named = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : isAbsolute(HOME) ? join(HOME, '.cache') : ''
  if (named === '') return undefined
  const mounts = mountinfo()
  if (mounts !== undefined && !areHere([named, cwd], mounts)) return undefined
  if (!existsSync(named)) return undefined
  const folder = realpathSync(named)
  const checkout = withParents(realpathSync(cwd)).find((each) => existsSync(join(each, '.git')))
  if (checkout !== undefined && isIn(folder, checkout)) return undefined
  return isSafe(folder, uid) ? folder : undefined
}

/** A subfolder that no other user can read, made if it is not there. Undefined if it cannot be trusted. */
function ownSubfolder(folder, name, uid) {
  const own = join(folder, name)
  if (!existsSync(own)) mkdirSync(own, { mode: 0o700 })
  const stats = lstatSync(own)
  return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0 ? own : undefined
}

const dist = join(__dirname, '../dist')

/** The folder for this version of Node and this bundle; undefined where nothing is to be kept: in CI nothing would be used again. */
function folderOf({ env, execArgv, version, arch, getuid }) {
  if (env.CI || env.NODE_DISABLE_COMPILE_CACHE || env.NODE_COMPILE_CACHE || !getuid) return undefined
  // V8 refuses what was compiled with other flags, and coverage changes what is compiled.
  if (env.NODE_OPTIONS || env.NODE_V8_COVERAGE || execArgv.length > 0) return undefined
  const uid = getuid()
  const folder = cacheFolder(env, uid, process.cwd())
  const own = folder && ownSubfolder(folder, 'gitlab-trigger', uid)
  // Two versions of this program on one machine must not take turns in one folder.
  return own && ownSubfolder(own, `${version}-${arch}-${statSync(join(dist, 'main.cjs')).size}`, uid)
}

/** V8 takes what another build of Node has made, and crashes: the first line of a cache file names the very binary. */
function headOf(binary) {
  const { size, mtimeMs } = statSync(binary)
  return [process.version, process.versions.v8, process.platform, process.arch, size, mtimeMs].join(' ')
}

const start = '(function (exports, require, module, __filename, __dirname) {\n'
const end = '\n})'

/**
 * Reads a cache file: a line, the source, and the code twice, which is compared as V8 does not check it: to compare is faster than any
 * sum. Undefined if it is another's, or damaged.
 */
function codeIn(path, head, source) {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined
  const file = readFileSync(path)
  const from = head.length + 1 + source.length
  const size = (file.length - from) / 2
  if (!Number.isInteger(size) || size < 1) return undefined
  if (file.toString('latin1', 0, head.length + 1) !== `${head}\n`) return undefined
  if (!file.subarray(head.length + 1, from).equals(source)) return undefined
  const code = file.subarray(from, from + size)
  return code.equals(file.subarray(from + size)) ? code : undefined
}

/** Writes a cache file next to its place and renames it, so that no process reads half of it. */
function write(path, parts) {
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, Buffer.concat(parts), { mode: 0o600, flag: 'wx' })
  renameSync(beside, path)
}

/**
 * From now on files of dist/ are run from kept code where there is some. Returns the function that keeps the code of a run that went well, if
 * any file had none: that of all, as each run compiles what none before it needed. Never throws.
 */
exports.useCompiled = () => {
  const nothing = () => undefined
  try {
    const folder = folderOf(process)
    if (folder === undefined) return nothing
    const head = headOf(process.execPath)
    const loaded = []
    // The documented way to be asked for files of this ending; none of ours but those of dist/ has it.
    require.extensions['.cjs'] = (module, filename) => {
      const source = readFileSync(filename)
      const path = join(folder, basename(filename))
      const cachedData = codeIn(path, head, source)
      const script = new Script(start + source + end, { filename, lineOffset: -1, cachedData })
      loaded.push({ path, source, script, isKept: cachedData !== undefined && !script.cachedDataRejected })
      const require = (id) => module.require(id)
      script.runInThisContext()(module.exports, require, module, filename, dirname(filename))
    }
    return () => {
      // In a long run V8 has thrown away what was compiled at its start.
      if (process.uptime() > 30 || loaded.every(({ isKept }) => isKept)) return
      try {
        for (const { path, source, script } of loaded) {
          const code = script.createCachedData()
          write(path, [Buffer.from(`${head}\n`), source, code, code])
        }
      } catch {
        // On a full disk the next start is slower.
      }
    }
  } catch {
    return nothing
  }
}
