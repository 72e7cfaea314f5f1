// Node 22 and later can keep what V8 compiled, which halves a start. Whoever writes to that folder decides what runs, so it must be ours alone and
// cannot come with a checkout (promise G1); where that is not certain, nothing is kept.
const { existsSync, lstatSync, mkdirSync, realpathSync, statSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
const { dirname, isAbsolute, join, relative } = require('node:path')

const isIn = (path, folder) => !/^\.\.(\/|$)/.test(relative(folder, path))

const upFrom = (path) => (path === dirname(path) ? [path] : [path, ...upFrom(dirname(path))])

/** Nobody but this user and root can put anything in place of it. */
function isSafe(folder, uid) {
  return upFrom(folder).every((each) => {
    const { uid: owner, mode } = statSync(each)
    const isSticky = (mode & 0o1000) !== 0
    return (owner === uid || owner === 0) && ((mode & 0o022) === 0 || isSticky)
  })
}

/** The user's cache folder, with links resolved; undefined where there is none that can be trusted. */
function cacheFolder({ HOME = '', XDG_CACHE_HOME = '' }, uid, cwd) {
  const named = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : isAbsolute(HOME) ? join(HOME, '.cache') : ''
  if (named === '' || !existsSync(named)) return undefined
  const folder = realpathSync(named)
  const checkout = upFrom(realpathSync(cwd)).find((each) => existsSync(join(each, '.git')))
  if (checkout !== undefined && isIn(folder, checkout)) return undefined
  return isSafe(folder, uid) ? folder : undefined
}

/** A folder of ours in it, which nobody else can look into. */
function ownFolder(folder, uid) {
  const own = join(folder, 'gitlab-trigger')
  if (!existsSync(own)) mkdirSync(own, { mode: 0o700 })
  const stats = lstatSync(own)
  return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0 ? own : undefined
}

/** Lets Node keep what it compiles. Does nothing where there is no safe place, and in CI, where the next job has another machine. */
exports.keepCompiled = () => {
  const { env } = process
  if (env.CI || env.NODE_DISABLE_COMPILE_CACHE || env.NODE_COMPILE_CACHE || !process.getuid) return
  try {
    const uid = process.getuid()
    const folder = cacheFolder(env, uid, process.cwd())
    const own = folder && ownFolder(folder, uid)
    if (own) enableCompileCache(own)
  } catch {
    // Without it everything works as well, only slower.
  }
}
