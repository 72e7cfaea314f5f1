import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { version } from '../../src/core/version.ts'
import { install } from '../helpers/debian.ts'
import { useFolder } from '../helpers/world.ts'

install('lintian', 'lintian')
install('man', 'man-db')
install('zsh', 'zsh')
install('fish', 'fish')
install('/usr/share/bash-completion/bash_completion', 'bash-completion')
const folder = useFolder()
const deb = resolve(`build/packages/gitlab-trigger_${version}-1_amd64.deb`)

test('lintian finds no error', () => {
  // Who packages it is not known here (DEBEMAIL).
  const unknown = 'bogus-mail-host,bogus-mail-host-in-debian-changelog,root-in-contact'
  const line = ['--allow-root', '--fail-on', 'error', '--suppress-tags', unknown, deb]
  const { status, stdout } = spawnSync('lintian', line, { encoding: 'utf8' })
  expect(stdout).not.toMatch(/^E:/m)
  expect(status).toBe(0)
  expect(stdout).toContain('W: gitlab-trigger: hardening-no-pie')
})

/** A later version, of which only the program is there, and small. */
function nextVersion(): void {
  const root = join(folder().path, 'root')
  mkdirSync(join(root, 'usr/bin'), { recursive: true })
  execFileSync('dpkg-deb', ['--control', deb, join(root, 'DEBIAN')])
  const control = join(root, 'DEBIAN/control')
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, 'Version: 99.0-1'))
  writeFileSync(join(root, 'usr/bin/gitlab-trigger'), '#!/bin/sh\necho 99.0\n', { mode: 0o755 })
  const line = ['--build', '--root-owner-group', root, join(folder().path, 'next.deb')]
  execFileSync('dpkg-deb', line, { stdio: 'ignore' })
}

/** Runs a script as root in this system, in which nothing stays changed: what it writes goes to memory. */
function inSystem(script: string): string {
  const place = join(folder().path, 'system')
  mkdirSync(place)
  const layers = `mount -t tmpfs none ${place}; mkdir ${place}/up ${place}/work ${place}/root
    mount -t overlay none -o lowerdir=/,upperdir=${place}/up,workdir=${place}/work ${place}/root
    mount --bind /dev ${place}/root/dev; mount -t proc none ${place}/root/proc
    mount --bind ${folder().path} ${place}/root/mnt; cp ${deb} ${place}/root/now.deb
    exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 chroot ${place}/root /bin/bash -ec "$SCRIPT" 2>&1`
  const line = ['--mount', '--pid', '--fork', '/bin/sh', '-ec', layers]
  return execFileSync('unshare', line, { encoding: 'utf8', env: { ...process.env, SCRIPT: script } })
}

test('it is installed, upgraded and removed; what a user has stays', () => {
  nextVersion()
  const said = inSystem(`
    mkdir -p /root/.config/gitlab-trigger /root/.local/state/gitlab-trigger /etc/gitlab-trigger
    for each in /root/.config /root/.local/state /etc; do echo x > $each/gitlab-trigger/config.yaml; done
    dpkg --install /now.deb > /dev/null
    cd /; echo "version $(gitlab-trigger --version)"
    echo "triggered $(gitlab-trigger sandbox -- gitlab-trigger --no-config --var A=1 2> /dev/null)"
    man --where gitlab-trigger gitlab-trigger-run 5 gitlab-trigger-config 7 gitlab-trigger-exit-codes
    source /usr/share/bash-completion/bash_completion
    _completion_loader gitlab-trigger || true; complete -p gitlab-trigger
    zsh -c 'autoload -U compinit; compinit -u -D; echo "zsh \${_comps[gitlab-trigger]}"'
    fish -c 'echo "fish" (complete -C "gitlab-trigger sched")'
    dpkg --install /mnt/next.deb > /dev/null
    echo "upgraded $(dpkg-query -W -f '\${Version}' gitlab-trigger) $(gitlab-trigger --version)"
    dpkg --purge gitlab-trigger > /dev/null
    ! command -v gitlab-trigger
    find /usr -newer /now.deb -name '*gitlab-trigger*' | sed 's/^/left /'
    cat /root/.config/gitlab-trigger/config.yaml /root/.local/state/gitlab-trigger/config.yaml /etc/gitlab-trigger/config.yaml | sed 's/^/kept /'
  `)
  expect(said.split('\n')).toEqual([
    `version ${version}`,
    'triggered 4711',
    '/usr/share/man/man1/gitlab-trigger.1.gz',
    '/usr/share/man/man1/gitlab-trigger-run.1.gz',
    '/usr/share/man/man5/gitlab-trigger-config.5.gz',
    '/usr/share/man/man7/gitlab-trigger-exit-codes.7.gz',
    expect.stringMatching(/^complete .* gitlab-trigger$/),
    'zsh _gitlab-trigger',
    expect.stringMatching(/^fish schedule/),
    'upgraded 99.0-1 99.0',
    'kept x',
    'kept x',
    'kept x',
    '',
  ])
})
