/**
 * The script of all pages: reads the page again every `data-every` milliseconds and changes only what is different, so that the focus,
 * the place in the page and what a user has opened stay. Who reads the end of a log is kept there. Without it a page is reloaded by
 * `<meta http-equiv="refresh">`.
 */
export const pageScript = `(() => {
const main = document.querySelector('main')
const lost = document.getElementById('lost')
const isAlike = (one, other) => one.nodeName === other.nodeName && !one.id && !other.id
function patch(old, now) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== now.nodeValue) old.nodeValue = now.nodeValue
    return
  }
  for (const { name } of [...old.attributes]) if (name !== 'open' && !now.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of now.attributes) if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value)
  let at = old.firstChild
  for (const child of [...now.childNodes]) {
    const kept = child.id && [...old.children].find(({ id }) => id === child.id)
    if (kept) {
      while (at && at !== kept) { const next = at.nextSibling; at.remove(); at = next }
      patch(kept, child)
      at = kept.nextSibling
    } else if (at && isAlike(at, child)) {
      patch(at, child)
      at = at.nextSibling
    } else old.insertBefore(child, at)
  }
  while (at) { const next = at.nextSibling; at.remove(); at = next }
}
async function read() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } })
  if (!response.ok) throw new Error('answered ' + response.status)
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const root = document.documentElement
  const isAtEnd = main.dataset.log && scrollY > 0 && innerHeight + scrollY >= root.scrollHeight - 8
  document.title = page.title
  document.querySelector('link[rel=icon]').href = page.querySelector('link[rel=icon]').href
  patch(main, page.querySelector('main'))
  if (isAtEnd) scrollTo(0, root.scrollHeight)
}
async function turn() {
  if (!document.hidden) {
    try { await read(); lost.hidden = true } catch { lost.hidden = false }
  }
  setTimeout(turn, Number(main.dataset.every))
}
setTimeout(turn, Number(main.dataset.every))
})()`
