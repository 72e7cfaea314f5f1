import { createHash } from 'node:crypto'
import type { Answer } from '../../http/answer.ts'
import { answer } from '../../http/answer.ts'
import { fullVersions } from '../../version/version.ts'
import type { Life } from '../../life/life.ts'
import type { Project } from '../../world/projects.ts'
import { tabIcon } from '../parts/status.ts'
import type { View } from '../parts/view.ts'
import { below, projectPath } from '../parts/view.ts'
import { Html, markup } from './html.ts'
import { pageScript } from './script.ts'
import { styleSheet } from './style.ts'

/** A page before it is dressed. */
export interface Page {
  title: string
  body: Html
  project?: Project
  /** The tab of the project that is open. */
  tab?: Tab
  /** Whether something on the page changes soon. */
  isMoving?: boolean
  /** Whether it ends with a log that grows. */
  hasLog?: boolean
  /** The status that the browser's tab shows. */
  life?: Pick<Life, 'status' | 'warnings'>
  /** 200 unless said. */
  status?: number
}

/** The tabs of a project. */
const tabs = {
  '': 'Project',
  pipelines: 'Pipelines',
  pipeline_schedules: 'Schedules',
  'settings/ci_cd': 'Trigger tokens',
}

/** One of the tabs, by its path. */
export type Tab = keyof typeof tabs

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Nothing but the one style sheet and the one script, and nothing from elsewhere. */
function policy(style: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(pageScript)}`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function tabList(view: View, project: Project, open: Tab | undefined): Html {
  const items = Object.entries(tabs).map(([path, name]) => {
    const href = path === '' ? projectPath(view, project) : below(view, project, path)
    return markup`<li><a href="${href}" ${path === open && markup` aria-current="page"`}>${name}</a></li>`
  })
  return markup`<nav aria-label="Project">
    <ul class="tabs">
      ${items}
    </ul>
  </nav>`
}

function head(view: View, page: Page): Html {
  const { project, tab } = page
  const crumb =
    project &&
    markup`<li>
      <a href="${projectPath(view, project)}"><bdi>${project.path}</bdi></a>
    </li>`
  return markup`<a class="skip" href="#main">Skip to the content</a>
    <header>
      <nav aria-label="Place">
        <ul class="crumbs">
          <li><a href="${view.prefix}/">Sandbox</a></li>
          ${crumb}
        </ul>
      </nav>
    </header>
    <main id="main" data-every="${page.isMoving === true ? 1000 : 3000}"${page.hasLog === true && markup` data-log="yes"`}>
      ${project && tabList(view, project, tab)}${page.body}
    </main>`
}

/** A page as it is sent. */
export function pageAnswer(view: View, page: Page): Answer {
  const style = styleSheet()
  const name = `${page.title}${page.project === undefined ? '' : ` · ${page.project.path}`} · Sandbox`
  // No blank may stand between the two tags and what is in them: its hash is in the policy.
  const whole = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<link rel="icon" href="${tabIcon(page.life)}">
<style>${new Html(style)}</style>
<noscript><meta http-equiv="refresh" content="5"></noscript>
</head>
<body>
${head(view, page)}
<footer>
<p id="lost" class="notice" role="status" hidden>The sandbox does not answer. This page shows what was last seen.</p>
<p>A stand-in for GitLab ${fullVersions[view.world.gitlab]}: it answers as GitLab does, and runs nothing.
What is done here is done as the user <code>seed</code>.</p>
</footer>
<script>${new Html(pageScript)}</script>
</body>
</html>
`
  const sent = answer(page.status ?? 200, 'text/html; charset=utf-8', whole.text)
  const headers = {
    ...sent.headers,
    'content-security-policy': policy(style),
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-cache',
  }
  return { ...sent, headers }
}
