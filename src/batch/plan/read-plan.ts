import { usageError } from '../../core/errors.ts'
import { DataError } from '../../config/files/parse-data.ts'
import { isMapping } from '../../config/schema/mapping.ts'
import type { ConfigNode } from '../../config/layers.ts'
import type { Recipe } from '../../config/schema/config-keys.ts'
import type { BatchPlan, PlanSource } from './batch-plan.ts'
import { refuseDefaults, refuseTogether } from './check-plan.ts'
import { checkWritten, type Refuse } from './check-target.ts'
import { expandTargets, namedTargets } from './expand.ts'
import { withNeedsValues } from './needs-values.ts'
import type { PlanDocument } from './formats/plan-document.ts'
import { planFile } from './plan-file.ts'
import { planFormat } from './formats/plan-format.ts'
import { planErrors } from './plan-problems.ts'
import { readCsv } from './formats/read-csv.ts'
import { readDocument } from './formats/read-document.ts'
import { readNdjson } from './formats/read-ndjson.ts'

/** The largest plan, in bytes. */
export const maxPlanBytes = 16 * 1024 * 1024

/** Reads and checks a plan in YAML, JSON, NDJSON or CSV (docs/batch.md). Throws a usage error (exit 2) where the text is no plan at all. */
export function readPlan(source: PlanSource): BatchPlan {
  const { place, realPath } = source
  const document = documentOf(source)
  const problems = [...document.problems]
  /** The places in which more is wrong than what a target needs: what else is found there may come of that. */
  const unsound = new Set<string>()
  const refuse: Refuse = (keys, shown, message) => {
    problems.push({ line: document.lineOf(keys), keys: shown, message })
    for (const at of keys.keys())
      if (pathOf(keys.slice(at + 1)) !== pathOf(['needs'])) unsound.add(pathOf(keys.slice(0, at + 1)))
  }
  const file = planFile(source, document)
  const defaults = isMapping(document.defaults) ? document.defaults : {}
  if (document.defaults !== undefined && document.defaults !== null)
    refuseDefaults(document.defaults, realPath, refuse)
  const checked = document.targets.map((each) => checkWritten(each, defaults, document, refuse))
  const targets = namedTargets(checked, refuse, (keys) => `${place}:${document.lineOf(keys)}`)
  const planned = expandTargets(file, targets, refuse)
  refuseTogether(targets, planned, realPath, refuse)
  const node: ConfigNode<Recipe> = { file, keys: ['defaults'], data: { ...defaults } }
  const areDefaultsSound = document.problems.length === 0 && !unsound.has(pathOf(['defaults']))
  const literal =
    isMapping(document.defaults) && areDefaultsSound ? withNeedsValues(node, () => '') : undefined
  const sound = areDefaultsSound ? planned.filter(({ written }) => !unsound.has(pathOf(written.keys))) : []
  return {
    place,
    realPath,
    defaults: literal,
    targets: sound.map(({ target }) => target),
    problems: planErrors(place, problems),
  }
}

const pathOf = (keys: readonly string[]): string => JSON.stringify(keys)

function documentOf({ place, realPath, text }: PlanSource): PlanDocument {
  if (Buffer.byteLength(text) > maxPlanBytes)
    throw usageError(
      `${place}: the plan is larger than ${maxPlanBytes / 1024 / 1024} MB`,
      'Is it the right file?',
    )
  const content = text.replace(/^\uFEFF/, '')
  const format = planFormat(realPath === undefined ? undefined : place, content)
  try {
    const document =
      format === 'csv'
        ? readCsv(content)
        : format === 'ndjson'
          ? readNdjson(content)
          : readDocument(format, place, content)
    if (document.targets.length > 0 || document.problems.length > 0) return document
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    throw usageError(`${place}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`)
  }
  throw usageError(`${place}: there are no targets`)
}
