// Apart from the launcher, because old Nodes cannot even parse this.
const start = async () => {
  const [{ main }, { processContext }] = await Promise.all([
    import('../dist/main.js'),
    import('../dist/world/process.js'),
  ])
  process.exitCode = await main(process.argv.slice(2), processContext())
  // A name look-up that hangs keeps the process alive; nothing that matters is left to do (promise G10).
  setTimeout(() => process.exit(), 300).unref()
}

start()
