// One POST over https with Node alone, as the baseline.
const { request } = require('node:https')

const form = `--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n${process.argv[3]}\r\n--x\r\nContent-Disposition: form-data; name="ref"\r\n\r\nmaster\r\n--x--\r\n`
const headers = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': form.length }
const post = request(
  `${process.argv[2]}/api/v4/projects/9/trigger/pipeline`,
  { method: 'POST', headers, agent: false },
  (response) => {
    let text = ''
    response.on('data', (chunk) => (text += chunk))
    response.on('end', () => console.log(JSON.parse(text).id))
  },
)
post.end(form)
