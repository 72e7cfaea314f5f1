import { paletteCss, panel } from '../log/palette.ts'
import { kinds, themeCss } from './theme.ts'

const base = `
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,"Noto Sans","DejaVu Sans",sans-serif}
code,pre,kbd,.log,.mono{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.875em}
code,bdi,td,dd,h1{unicode-bidi:isolate}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-100vw}
.skip:focus{left:.5rem;top:.5rem;background:var(--page);padding:.5rem;z-index:1}
header,main,footer{max-width:72rem;margin:0 auto;padding:0 1rem}
header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;padding-top:.75rem;padding-bottom:.5rem;border-bottom:1px solid var(--line)}
header nav{overflow-wrap:anywhere}
.crumbs,.tabs{list-style:none;display:flex;flex-wrap:wrap;margin:0;padding:0}
.crumbs li+li::before{content:"/";color:var(--dim);margin:0 .15rem 0 .4rem}
.tabs{gap:.25rem 1.25rem;margin:.25rem 0 1rem}
.tabs a{display:block;padding:.35rem 0;text-decoration:none;border-bottom:3px solid transparent}
.tabs a[aria-current]{color:var(--text);font-weight:600;border-color:var(--link)}
h1{font-size:1.5rem;line-height:1.25;margin:1.25rem 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.125rem;margin:2rem 0 .5rem}
p{margin:.5rem 0;max-width:44rem}
.dim{color:var(--dim)}
.small{font-size:.875rem}
.line{display:flex;flex-wrap:wrap;gap:.35rem .75rem;align-items:center}
footer{margin-top:3rem;padding-top:.75rem;padding-bottom:1.5rem;border-top:1px solid var(--line);color:var(--dim);font-size:.875rem}
.notice{border:1px solid var(--line);border-left:4px solid var(--bad);background:var(--soft);padding:.5rem .75rem;border-radius:4px;overflow-wrap:anywhere}
[hidden]{display:none!important}
`

const pieces = `
.status{display:inline-flex;gap:.35em;align-items:center;padding:.05em .6em .05em .4em;border-radius:1em;font-size:.875rem;font-weight:600;white-space:nowrap;text-decoration:none}
.status svg,.job svg{width:1em;height:1em;flex:none}
.icon{fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.badge{display:inline-block;padding:0 .5em;border:1px solid var(--line);border-radius:1em;font-size:.8125rem;color:var(--dim);background:var(--soft);white-space:nowrap}
.badge.triggered{color:var(--busy);background:var(--busy-ground);border-color:transparent}
button,.button{font:inherit;font-size:.875rem;font-weight:600;min-height:2rem;padding:.2rem .75rem;border-radius:4px;border:1px solid var(--button);background:var(--button);color:var(--on-button);cursor:pointer}
button.plain{background:transparent;color:var(--link);border-color:var(--line)}
button.danger{background:transparent;color:var(--bad);border-color:currentColor}
form{display:inline-flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:0}
label{display:grid;gap:.15rem;font-size:.875rem}
input{font:inherit;min-height:2rem;padding:.2rem .5rem;border:1px solid var(--dim);border-radius:4px;background:var(--page);color:var(--text);max-width:100%}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-size:.8125rem;color:var(--dim);font-weight:600}
td.tight{white-space:nowrap;overflow-wrap:normal}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1rem;margin:.75rem 0}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
details.reveal summary{cursor:pointer;color:var(--link)}
pre{margin:.5rem 0;padding:.75rem;background:var(--soft);border:1px solid var(--line);border-radius:4px;overflow-x:auto}
.chips{display:flex;flex-wrap:wrap;gap:.25rem;list-style:none;padding:0;margin:0}
.chips code{background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:0 .35em;overflow-wrap:anywhere}
`

const graph = `
.graph{overflow-x:auto;background:var(--soft);border:1px solid var(--line);border-radius:6px;margin:.75rem 0}
.graph svg{display:block}
.graph text{font-size:13px;fill:var(--text)}
.graph .stage{font-weight:600;fill:var(--dim)}
.graph .edge{fill:none;stroke:var(--line);stroke-width:2}
.graph .below{stroke-dasharray:4 3;stroke:var(--dim)}
.graph rect{fill:var(--page);stroke:var(--line)}
.graph a:focus-visible{outline:none}
.graph a:hover rect,.graph a:focus-visible rect{stroke:var(--link);stroke-width:2.5}
.graph .note{font-size:11px;fill:var(--dim)}
`

const log = `
.log{border:1px solid var(--line);background:${panel.ground};color:${panel.text};border-radius:6px;padding:.5rem 0;line-height:1.45;overflow-wrap:anywhere;white-space:pre-wrap;tab-size:8}
.log div{padding:0 .75rem 0 4rem;position:relative;min-height:1.45em}
.log a{position:absolute;left:0;width:3.25rem;text-align:right;color:${panel.dim};text-decoration:none;user-select:none}
.log a:hover,.log div:target a{color:${panel.text}}
.log div:target{background:#2f2d3a}
.log a:focus-visible,.log summary:focus-visible{outline-color:${panel.text}}
.log summary{cursor:pointer;padding:0 .75rem 0 4rem;position:relative;display:flex;gap:1rem;justify-content:space-between}
.log summary::before{content:"▸";position:absolute;left:2.5rem}
.log details[open]>summary::before{content:"▾"}
.log summary .took{color:${panel.dim};white-space:nowrap}
.log .bold{font-weight:700}
.log .faint{color:${panel.dim}}
.log .italic{font-style:italic}
.log .under{text-decoration:underline}
`

/** On a narrow screen a table is a list of cards; each cell says what it is. */
const narrow = `
@media (max-width:44rem){
  table.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  table.cards,table.cards tbody,table.cards tbody tr,table.cards td{display:block}
  table.cards tbody tr{border:1px solid var(--line);border-radius:6px;padding:.5rem .75rem;margin:.5rem 0}
  table.cards td{border:0;padding:.15rem 0;white-space:normal}
  table.cards td:empty{display:none}
  table.cards td[data-name]::before{content:attr(data-name) " ";color:var(--dim);font-size:.8125rem}
  .log div,.log summary{padding-left:2.5rem}
  .log a{width:2rem}
  .log summary::before{left:1.25rem}
}
@media (prefers-reduced-motion:no-preference){.busy .icon{animation:turn 2s linear infinite;transform-origin:50% 50%}@keyframes turn{to{transform:rotate(1turn)}}}
`

/** The style sheet of all pages. */
export function styleSheet(): string {
  const statuses = kinds.map(
    (kind) =>
      `.${kind}{color:var(--${kind});background:var(--${kind}-ground)}.graph .${kind}{color:var(--${kind})}`,
  )
  return [themeCss(), base, pieces, statuses.join('\n'), graph, log, paletteCss(), narrow].join('\n')
}
