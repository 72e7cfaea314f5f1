import type { Life } from '../life/life.ts'

interface Words {
  text: string
  label: string
  group?: string
}

/**
 * What GitLab says of each status of a pipeline; of another one, the status itself (S
 * `lib/gitlab/ci/status/`).
 */
// prettier-ignore
const words: Record<string, Words> = {
  success: { text: 'Passed', label: 'passed' },
  manual: { text: 'Blocked', label: 'waiting for manual action' },
  scheduled: { text: 'Delayed', label: 'waiting for delayed job' },
  waiting_for_resource: { text: 'Waiting', label: 'waiting for resource', group: 'waiting-for-resource' },
  waiting_for_callback: { text: 'Waiting', label: 'waiting for callback', group: 'waiting-for-callback' },
}

const warning: Words = { text: 'Warning', label: 'passed with warnings', group: 'success-with-warnings' }

/** `detailed_status` of the pipeline whose page is at `url` (facts 2.2). */
export function detailedStatus(url: string, { status, warnings }: Life): Record<string, unknown> {
  const warns = status === 'success' && warnings
  const plain: Words = { text: status.charAt(0).toUpperCase() + status.slice(1), label: status }
  const { text, label, group = status } = warns ? warning : (words[status] ?? plain)
  return {
    icon: warns ? 'status_warning' : `status_${status}`,
    text,
    label,
    group,
    tooltip: label,
    has_details: true,
    details_path: new URL(url).pathname,
    illustration: null,
    favicon: `/assets/ci_favicons/favicon_status_${status}.png`,
  }
}
