import { byteSize } from '../../core/text/byte-size.ts'
import type { Download } from '../../events.ts'
import { durationText } from './elapsed-time.ts'

/** What is downloaded: `artifacts of deploy > unit`. */
export const downloadName = ({ kind, name }: Download): string => `${kind} of ${name}`

/** Bytes per second: `3.1 MB/s`; '' before there is anything to measure. */
function rateText({ bytes, since }: Download, now: number): string {
  const ms = now - since
  return ms < 500 || bytes === 0 ? '' : `${byteSize(Math.round((bytes * 1000) / ms))}/s`
}

/** How far a download is: `12.3 MB of 18 MB, 68%, 3.1 MB/s`, without the parts that are not known. */
export function downloadProgress(download: Download, now: number): string {
  const { bytes, total } = download
  const isKnown = total !== null && bytes <= total
  const parts = [
    isKnown ? `${byteSize(bytes)} of ${byteSize(total)}` : byteSize(bytes),
    isKnown ? `${Math.floor((bytes * 100) / total)}%` : '',
    rateText(download, now),
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** The result of a download: `18 MB in 6s, 3.1 MB/s`. */
export function downloadEnd(download: Download, now: number): string {
  const { bytes, since } = download
  const rate = rateText(download, now)
  return `${byteSize(bytes)} in ${durationText(now - since)}${rate && `, ${rate}`}`
}
