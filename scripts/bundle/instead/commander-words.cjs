// The help and what a mistyped flag comes close to are made late: a trigger that goes well needs neither.
const help = () => require('../../../node_modules/commander/lib/help.js')

exports.Help = function Help() {
  return new (help().Help)()
}
exports.stripColor = (text) => help().stripColor(text)
exports.suggestSimilar = (...words) =>
  require('../../../node_modules/commander/lib/suggestSimilar.js').suggestSimilar(...words)
