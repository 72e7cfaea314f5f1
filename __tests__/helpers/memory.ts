import { readFileSync } from 'node:fs'

function bytesOf(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** The most memory that a process has had so far, in bytes; 0 where the system does not tell. */
export const peakOf = (pid: number): number => bytesOf(pid, 'VmHWM')

/** The memory that a process has now, in bytes; 0 where the system does not tell. */
export const residentOf = (pid: number): number => bytesOf(pid, 'VmRSS')
