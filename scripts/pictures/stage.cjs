// Loaded into the program whose run is recorded (node --require): the same date, the same jitter between polls, and the paths of a usual
// installation, on every machine. `since` is when a recording began, in ms since 1970; without it the clock stands.
const os = require('node:os')
const { now, since, user, home, node, program } = JSON.parse(process.env.PICTURE_STAGE)

const start = Date.parse(now)
const wallTime = Date.now
Date.now = () => (since === undefined ? start : start + wallTime() - since)
Math.random = () => 0.5
const found = os.userInfo()
os.userInfo = () => ({ ...found, username: user, homedir: home })
process.execPath = node
process.argv[1] = program
delete process.env.PICTURE_STAGE
delete process.env.NODE_OPTIONS
