export { teardown as default } from './compile.mjs'
