// What each platform wants of a single executable. Only Linux is built and tried in this project's own CI; the others follow Node's documentation and
// are built by the release workflow, on runners of their own.

/** By Node's name of the platform: the ending of a program, further flags of postject, and commands before and after it. */
export const platforms = {
  linux: {
    ending: '',
    flags: [],
    // A sixth of Node's binary are names for debuggers.
    before: (path) => [['strip', '--strip-unneeded', path]],
    after: () => [],
  },
  darwin: {
    ending: '',
    flags: ['--macho-segment-name', 'NODE_SEA'],
    before: (path) => [['codesign', '--remove-signature', path]],
    // macOS starts nothing that is not signed; `-` is a signature without a name.
    after: (path) => [['codesign', '--sign', '-', path]],
  },
  win32: { ending: '.exe', flags: [], before: () => [], after: () => [] },
}
