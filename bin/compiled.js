// Node 22 and later can cache V8's compiled code, which halves the start-up time. Whoever can write to the
// cache decides which code runs, so its folder must belong to this user alone and must not come with a
// checkout (promise G1). If that is not certain, nothing is cached.
const { existsSync, lstatSync, mkdirSync, realpathSync, statSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
const { dirname, isAbsolute, join, relative } = require('node:path')

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

/** The user's cache folder, with symbolic links resolved. Undefined if there is none that can be trusted. */
function cacheFolder({ HOME = '', XDG_CACHE_HOME = '' }, uid, cwd) {
  const named = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : isAbsolute(HOME) ? join(HOME, '.cache') : ''
  if (named === '' || !existsSync(named)) return undefined
  const folder = realpathSync(named)
  const checkout = withParents(realpathSync(cwd)).find((each) => existsSync(join(each, '.git')))
  if (checkout !== undefined && isIn(folder, checkout)) return undefined
  return isSafe(folder, uid) ? folder : undefined
}

/** The program's own subfolder, which nobody else can read. Undefined if it cannot be trusted. */
function ownSubfolder(folder, uid) {
  const own = join(folder, 'gitlab-trigger')
  if (!existsSync(own)) mkdirSync(own, { mode: 0o700 })
  const stats = lstatSync(own)
  return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0 ? own : undefined
}

/** Turns the compile cache on, unless there is no safe folder, or in CI, where nothing would be reused. */
exports.keepCompiled = () => {
  const { env } = process
  if (env.CI || env.NODE_DISABLE_COMPILE_CACHE || env.NODE_COMPILE_CACHE || !process.getuid) return
  try {
    const uid = process.getuid()
    const folder = cacheFolder(env, uid, process.cwd())
    const own = folder && ownSubfolder(folder, uid)
    if (own) enableCompileCache(own)
  } catch {
    // Without the cache the program only starts more slowly.
  }
}
