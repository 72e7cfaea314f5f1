// The options of the commands of one page, for man pages and docs/reference/.
import { sourcesText } from '../../build/cli/help/flag-sources.js'
import { flagName, kebabCase } from '../../build/core/flag-name.js'

/** An option of a command as it is typed, once for each of `--x` and `--no-x`, with its help and where else its value may come from. */
export function optionsOf([name, row], command) {
  if (row.isUnlisted) return []
  const placeholder = row.value ?? row.list
  const short = row.short === undefined ? '' : `-${row.short}, `
  const value = placeholder === undefined ? '' : ` <${placeholder}>`
  const help = `${row.help ?? row.no}${sourcesText(command, name)}`
  return [
    ...(row.help === undefined ? [] : [{ word: `${short}${flagName(name)}${value}`, help }]),
    ...(row.no === undefined
      ? []
      : [{ word: `--no-${kebabCase(name)}`, help: row.help === undefined ? help : row.no }]),
  ]
}

/** An option that this many commands have is explained on the page of the program, and only named on theirs. */
const many = 8

const rowsOf = ({ options }) => Object.values(options).flatMap((group) => Object.entries(group.rows))

/** The options of another command that one does not list, as words. */
const leftOut = (other, command) => {
  const listed = new Set(rowsOf(command).map(([, row]) => row))
  return rowsOf(other)
    .filter(([, row]) => !listed.has(row))
    .map(([name]) => flagName(name))
}

/** Whether a command takes most of what another takes, and nothing else in these groups. */
const takesMostOf = (other) => (command) => {
  const rows = new Set(rowsOf(other).map(([, row]) => row))
  const groups = Object.keys(other.options).map((key) => command.options[key])
  if (command === other || groups.includes(undefined)) return false
  const listed = groups.flatMap((group) => Object.values(group.rows)).filter(({ isUnlisted }) => !isUnlisted)
  return listed.every((row) => rows.has(row)) && leftOut(other, command).length < listed.length
}

/** The options that many commands share, except for those that take most options of `run`. */
export function commonOptions(commands, run) {
  const others = commands.filter((each) => each !== run && !takesMostOf(run)(each))
  const all = others.flatMap(rowsOf)
  const uses = (row) => all.filter(([, each]) => each === row).length
  const found = [...new Map(all.filter(([, row]) => uses(row) >= many).map(([name, row]) => [row, name]))]
  // Of rows with one name the one that most commands have: the others are explained where they are.
  const isMost = ([row, name]) => found.every(([other, same]) => same !== name || uses(other) <= uses(row))
  return new Map(found.filter(isMost))
}

/** These options as they are typed, with what holds of most commands that have them. */
export const commonOptionsTyped = (common, commands) =>
  [...common].flatMap(([row, name]) => {
    const having = commands.filter((command) => rowsOf(command).some(([, each]) => each === row))
    return optionsOf([name, row], having.find((command) => sourcesText(command, name) !== '') ?? having[0])
  })

/** The options of commands, except for those in `elsewhere`, by heading; each with the commands that have it. */
function gather(commands, elsewhere) {
  const headings = new Map()
  for (const command of commands) {
    for (const { heading, rows } of Object.values(command.options)) {
      const own = Object.entries(rows).filter(([, row]) => !elsewhere(command).has(row))
      for (const { word, help } of own.flatMap((option) => optionsOf(option, command))) {
        const inside = headings.get(heading) ?? new Map()
        headings.set(heading, inside)
        const key = `${word} ${help}`
        inside.set(key, { word, help, names: [...(inside.get(key)?.names ?? []), command.name] })
      }
    }
  }
  return headings
}

/** What the commands of a page call one of them: without the word that they all begin with. */
export const lastWords = (name) => name.replace(/^\S+ /, '')

/**
 * What a page says of the options of its commands: `headings` maps each heading to options with the `names` of the commands that have them; `asRun` are the commands
 * that take the options of `run`, each with those that it leaves out; `shared` are flags that are explained where the common options are. `run` and `common` are those of the program.
 */
export function optionsOfPage(commands, { run, common }) {
  const ofRun = new Map(rowsOf(run).map(([name, row]) => [row, name]))
  const asRun = commands.filter(takesMostOf(run))
  const elsewhere = (command) => {
    if (command === run) return new Map()
    return asRun.includes(command) ? ofRun : common
  }
  const named = commands.filter((each) => !asRun.includes(each) && each !== run).flatMap(rowsOf)
  const flags = new Map(named.filter(([, row]) => common.has(row)).map(([name, row]) => [row, name]))
  const words = [...flags]
    .flatMap(([row, name]) => optionsOf([name, row], commands[0]))
    .map(({ word }) => word)
  return {
    headings: gather(commands, elsewhere),
    asRun: asRun.map((command) => ({ name: command.name, without: leftOut(run, command) })),
    shared: words.map((word) => word.replace(/^-\w, | <.*$/g, '')),
  }
}
