import { usageError } from '../../core/errors.ts'
import { DataError } from '../../config/files/parse-data.ts'
import { isMapping, coveredBy } from '../../config/schema/mapping.ts'
import type { ConfigNode } from '../../config/layers.ts'
import type { Recipe } from '../../config/schema/config-keys.ts'
import type { BatchPlan, PlanSource } from './batch-plan.ts'
import { refuseDefaults, refuseTogether } from './check-plan.ts'
import { checkWritten, type Refuse } from './check-target.ts'
import { expandTargets, namedTargets, partOf, unnamedTargets, type Planned } from './expand.ts'
import { withNeedsValues } from './needs-values.ts'
import type { PlanDocument } from './formats/plan-document.ts'
import { planFile } from './plan-file.ts'
import { planFormat } from './formats/plan-format.ts'
import { planErrors } from './plan-problems.ts'
import { readCsv } from './formats/read-csv.ts'
import { readDocument } from './formats/read-document.ts'
import { readNdjson } from './formats/read-ndjson.ts'
import { wrongKeys } from './wrong-keys.ts'

/** The largest plan, in bytes. */
export const maxPlanBytes = 16 * 1024 * 1024

/** Reads and checks a plan in YAML, JSON, NDJSON or CSV (docs/batch.md). Throws a usage error (exit 2) where the text is no plan at all. */
export function readPlan(source: PlanSource): BatchPlan {
  const { place, realPath } = source
  const document = documentOf(source)
  const problems = [...document.problems]
  const wrong = wrongKeys()
  const left = problems.flatMap(({ at }) => (at ? [at] : []))
  for (const keys of left) wrong.add(keys)
  const isLeft = coveredBy(left)
  const refuse: Refuse = (keys, shown, message) => {
    if (isLeft(keys)) return
    problems.push({ line: document.lineOf(keys), keys: shown, message })
    wrong.add(keys)
  }
  const file = planFile(source, document)
  const defaults = isMapping(document.defaults) ? document.defaults : {}
  if (document.defaults !== undefined && document.defaults !== null)
    refuseDefaults(document.defaults, realPath, refuse)
  const checked = document.targets.map((each) => checkWritten(each, defaults, document, refuse))
  // Rows of a table of which a column is unknown may have other names, and so other needs.
  const areNamesKnown = !(document.isRows && document.isPartial)
  const refuseNamed: Refuse = areNamesKnown ? refuse : () => undefined
  const targets = namedTargets(checked, refuseNamed, (keys) => `${place}:${document.lineOf(keys)}`)
  const planned = expandTargets(file, targets, refuseNamed)
  refuseTogether(targets, planned, realPath, refuseNamed)
  const node: ConfigNode<Recipe> = {
    file,
    keys: ['defaults'],
    data: wrong.without(['defaults'], { ...defaults }),
  }
  const isPartial = document.isPartial || wrong.isIn(['defaults'])
  const isPart = ({ written }: Planned): boolean => isPartial || wrong.isIn(written.keys)
  const all = problems.length === 0 ? planned : [...planned, ...unnamedTargets(file, checked, targets)]
  return {
    place,
    realPath,
    defaults: isMapping(document.defaults) ? withNeedsValues(node, () => '') : undefined,
    targets: all.map((each) => (isPart(each) ? partOf(file, each, wrong) : each.target)),
    problems: planErrors(place, problems),
  }
}

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
