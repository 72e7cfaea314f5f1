import type { RunFlags } from '../config/flags.ts'
import type { Plan } from '../config/plan.ts'
import type { Budget } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import type { Reports } from '../reports/reports.ts'

/** What a run knows while it triggers its targets. */
export interface RunContext {
  flags: RunFlags
  plan: Plan
  context: Context
  budget: Budget
  reports: Reports
  report: Reporter
}
