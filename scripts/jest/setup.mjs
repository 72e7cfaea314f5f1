export { setup as default } from './compile.mjs'
